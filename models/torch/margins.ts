import type { ArcFaceOptions } from '../../losses/margins/additive.ts'
import { arcFaceDefaults, cosFaceDefaults } from '../../losses/margins/additive.ts'
import { cosinesAtPi } from '../../losses/margins/angle.ts'
import { combinedMarginDefaults } from '../../losses/margins/combinedMargin.ts'
import { lSoftmaxDefaults, sphereFaceDefaults } from '../../losses/margins/multiplicative.ts'
import { sphereFaceRDefaults } from '../../losses/margins/sphereFaceR.ts'
import type * as named from '../../losses/named.ts'
import type * as adaptive from '../../losses/namedAdaptive.ts'
import type { AnyMarginOptions } from '../../losses/presets.ts'
import { literal, type Unsupported, unsupported } from './python.ts'

/** Losses by their factories; those over class centres have the same margins. */
export type MarginName = Exclude<keyof typeof named | keyof typeof adaptive, `ir${string}`>

/**
 * psi(cos, u, v, y) in Python, the lines of the function: the cosine [N,1] of each sample's own class, the unit vectors u and v of
 * sample and prototype, the label. '' where it is the cosine itself. `constants` go along as tensors, `self.NAME`.
 */
export interface Psi {
  readonly lines: string
  readonly constants?: Readonly<Record<string, ArrayLike<number>>>
}

type ToPsi = ((options: AnyMarginOptions) => Psi) | Unsupported

const REMEMBERS = unsupported('it goes by norms, by chance, or by what it remembers of earlier batches')
const OTHERS = unsupported('it bends the other classes too')
const BINARY = unsupported('each class is decided for by itself')

const NONE: ToPsi = () => ({ lines: '' })

/** m as Python, one number or one a class; and the constant that it then takes. */
function perClass(m: ArcFaceOptions['m']): { readonly m: string; readonly constants?: Psi['constants'] } {
  return typeof m === 'number' || m === undefined
    ? { m: literal(m ?? 0) }
    : { m: 'self.m[y][:, None]', constants: { m } }
}

const multiple =
  (defaults: { readonly m: number }): ToPsi =>
  ({ m = defaults.m }) => {
    // Their m is one number: lists are for cosFace and arcFace.
    const times = m as number
    return {
      lines: `return decreasing_cos(cos, cos_multiple(cos, ${times}), ${list(cosinesAtPi(times, 0))})`,
    }
  }

const list = (cosines: readonly number[]): string => `[${cosines.join(', ')}]`

/** Every margin in Python; a loss of `losses/named.ts` without a row does not compile. */
export const TORCH_MARGINS: { readonly [N in MarginName]: ToPsi } = {
  softmaxLoss: NONE,
  curricularFace: OTHERS,
  mvSoftmax: OTHERS,
  magFace: REMEMBERS,
  adaFace: REMEMBERS,
  elasticFace: REMEMBERS,
  adaCos: REMEMBERS,
  sphereFace2: BINARY,
  uniFace: BINARY,
  subCenterArcFace: unsupported('several prototypes a class'),
  normFace: NONE,
  lSoftmax: multiple(lSoftmaxDefaults),
  sphereFace: multiple(sphereFaceDefaults),
  sphereFaceR({ m = sphereFaceRDefaults.m, clamped = sphereFaceRDefaults.clamped }) {
    const phi = `${literal(m as number)} * angle(u, v)`
    return {
      lines: clamped
        ? `return torch.cos((${phi}).clamp(max=math.pi))`
        : `return decreasing_cos(cos, torch.cos(${phi}), ${list(cosinesAtPi(m as number, 0))})`,
    }
  },
  cosFace({ m = cosFaceDefaults.m }) {
    const own = perClass(m)
    return { lines: `return cos - ${own.m}`, constants: own.constants }
  },
  arcFace({ m = arcFaceDefaults.m, beyondPi = arcFaceDefaults.beyondPi }) {
    const own = perClass(m)
    const past =
      beyondPi === 'linear'
        ? 'torch.where(cos < -torch.cos(m), cos - m * torch.sin(m), both)'
        : 'torch.where(cos < -torch.cos(m), -both - 2, both)'
    return {
      lines: [
        `m = torch.as_tensor(${own.m}, dtype=cos.dtype, device=cos.device)`,
        'both = cos * torch.cos(m) - sine(u, v) * torch.sin(m)',
        `return ${past}`,
      ].join('\n'),
      constants: own.constants,
    }
  },
  combinedMargin({
    m1 = combinedMarginDefaults.m1,
    m2 = combinedMarginDefaults.m2,
    m3 = combinedMarginDefaults.m3,
    beyondPi,
  }) {
    const linear = (beyondPi ?? (m1 === 1 ? 'linear' : 'continuous')) === 'linear'
    const bent = linear
      ? `torch.where(cos < ${literal(-Math.cos(m2))}, cos - ${literal(m2 * Math.sin(m2))}, both)`
      : `decreasing_cos(cos, both, ${list(cosinesAtPi(m1, m2))})`
    return {
      lines: `both = torch.cos(${literal(m1)} * angle(u, v) + ${literal(m2)})\nreturn ${bent} - ${literal(m3)}`,
    }
  },
}

/** What the lines above call, by their names. */
export const ANGLES: Readonly<Record<string, string>> = {
  sine: `def sine(u, v):
    return (u - v).norm(dim=1, keepdim=True) * (u + v).norm(dim=1, keepdim=True) / 2`,
  angle: `def angle(u, v):
    return 2 * torch.atan2((u - v).norm(dim=1, keepdim=True), (u + v).norm(dim=1, keepdim=True))`,
  cos_multiple: `def cos_multiple(c, m):
    """cos(m theta) of c = cos theta, Chebyshev's polynomial."""
    before, now = torch.ones_like(c), c
    for _ in range(m - 1):
        before, now = now, 2 * c * now - before
    return now`,
  decreasing_cos: `def decreasing_cos(c, cos_phi, cosines):
    """(-1)^k cos phi - 2 k, k the number of cosines that c is below."""
    k = sum((c < cosine).to(c.dtype) for cosine in cosines) if cosines else torch.zeros_like(c)
    return (1 - 2 * (k % 2)) * cos_phi - 2 * k`,
}
