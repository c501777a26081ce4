import type { BeyondPi } from '../../losses/margins/additive.ts'
import type { AnyMarginOptions } from '../../losses/presets.ts'
import type { Unsupported } from './python.ts'

/** A margin in Python: the lines of methods of `Loss`, and what they go by. `c` are the cosines of all classes, [N,C]. */
export interface Psi {
  /**
   * psi(cos, u, v, y): of the cosine [N,1] of each sample's own class, the unit vectors u and v of sample and prototype, the label. '' where
   * it is the cosine itself. `constants` go along as tensors, `self.NAME`.
   */
  readonly lines: string
  readonly constants?: Readonly<Record<string, ArrayLike<number>>>
  /** Does psi go by `norm` too, ‖x‖ [N,1]? */
  readonly norm?: boolean
  /** others(c, cos, u, v): what stands for the cosines of the other classes. */
  readonly others?: string
  /** The scale, where it is no number. */
  readonly scale?: string
  /** penalty(norm), added to the loss of each sample.  [N,1] */
  readonly penalty?: string
  /** Moves `self.margin_NAME` with the batch, before the margin goes by it; may use x, y, cos, and c where there are `others` or a scale. */
  readonly memory?: string
  /** Is each class decided for by itself? */
  readonly binary?: boolean
}

export type ToPsi = ((options: AnyMarginOptions) => Psi) | Unsupported

/** cos(theta + m) of an m that is an expression, and what follows past theta + m = pi; returned, or what `into` says. */
export function arc(m: string, beyondPi: BeyondPi, into = 'return '): string {
  const past = beyondPi === 'linear' ? 'cos - m * torch.sin(m)' : '-both - 2'
  return [
    ...(m === 'm' ? [] : [`m = ${Number.isNaN(Number(m)) ? m : `torch.tensor(${m}).to(cos)`}`]),
    'both = cos * torch.cos(m) - sine(u, v) * torch.sin(m)  # cos(theta + m)',
    `${into}torch.where(cos < -torch.cos(m), ${past}, both)  # past theta + m = pi`,
  ].join('\n')
}

/** What the lines above call, by their names. */
export const ANGLES: Readonly<Record<string, string>> = {
  sine: `def sine(u, v):
    """The sine of the angle between unit vectors, exact near 0 and pi too."""
    return (u - v).norm(dim=1, keepdim=True) * (u + v).norm(dim=1, keepdim=True) / 2`,
  angle: `def angle(u, v):
    """The angle between unit vectors, exact near 0 and pi too."""
    return 2 * torch.atan2((u - v).norm(dim=1, keepdim=True), (u + v).norm(dim=1, keepdim=True))`,
  cos_multiple: `def cos_multiple(c, m):
    """cos(m theta) of c = cos theta, Chebyshev's polynomial."""
    before, now = torch.ones_like(c), c
    for _ in range(m - 1):
        before, now = now, 2 * c * now - before
    return now`,
  decreasing_cos: `def decreasing_cos(c, cos_phi, cosines):
    """cos phi, going on down past phi = pi: (-1)^k cos phi - 2 k, k the number of cosines that c is below."""
    k = sum(((c < cosine).to(c.dtype) for cosine in cosines), torch.zeros_like(c))
    return (1 - 2 * (k % 2)) * cos_phi - 2 * k`,
}
