import type { ArcFaceOptions } from '../../losses/margins/additive.ts'
import { arcFaceDefaults, cosFaceDefaults } from '../../losses/margins/additive.ts'
import { cosinesAtPi } from '../../losses/margins/angle.ts'
import { combinedMarginDefaults } from '../../losses/margins/combinedMargin.ts'
import { lSoftmaxDefaults, sphereFaceDefaults } from '../../losses/margins/multiplicative.ts'
import { sphereFaceRDefaults } from '../../losses/margins/sphereFaceR.ts'
import type * as named from '../../losses/named.ts'
import type { AnyMarginOptions } from '../../losses/presets.ts'
import { ADAPTIVE_MARGINS } from './adaptiveMargins.ts'
import { arc, type Psi, type ToPsi } from './psi.ts'
import { literal } from './python.ts'

/** Losses by their factories; those over class centres have the same margins. */
export type MarginName = Exclude<keyof typeof named, `ir${string}`>

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
      lines: `return decreasing_cos(cos, cos_multiple(cos, ${times}), ${turns(times, 0)})`,
    }
  }

/** The cosines of the angles at which m1 theta + m2 is pi, 2 pi, .. */
function turns(m1: number, m2: number): string {
  const angle = m2 === 0 ? 'j * math.pi' : `(j * math.pi - ${literal(m2)})`
  return `[math.cos(${angle} / ${literal(m1)}) for j in range(1, ${cosinesAtPi(m1, m2).length + 1})]`
}

function arcFace({ m = arcFaceDefaults.m, beyondPi = arcFaceDefaults.beyondPi }: AnyMarginOptions): Psi {
  const own = perClass(m)
  return { lines: arc(own.m, beyondPi), constants: own.constants }
}

/** Every margin in Python; a loss of `losses/named.ts` without a row does not compile. */
export const TORCH_MARGINS: { readonly [N in MarginName]: ToPsi } = {
  softmaxLoss: NONE,
  ...ADAPTIVE_MARGINS,
  normFace: NONE,
  lSoftmax: multiple(lSoftmaxDefaults),
  sphereFace: multiple(sphereFaceDefaults),
  sphereFaceR({ m = sphereFaceRDefaults.m, clamped = sphereFaceRDefaults.clamped, bent }) {
    if (bent === 'others') {
      return { lines: '', others: `return torch.cos(c.clamp(-1, 1).acos() / ${literal(m as number)})` }
    }
    const phi = `${literal(m as number)} * angle(u, v)`
    return {
      lines: clamped
        ? `return torch.cos((${phi}).clamp(max=math.pi))`
        : `return decreasing_cos(cos, torch.cos(${phi}), ${turns(m as number, 0)})`,
    }
  },
  cosFace({ m = cosFaceDefaults.m }) {
    const own = perClass(m)
    return { lines: `return cos - ${own.m}`, constants: own.constants }
  },
  arcFace,
  subCenterArcFace: arcFace,
  combinedMargin({
    m1 = combinedMarginDefaults.m1,
    m2 = combinedMarginDefaults.m2,
    m3 = combinedMarginDefaults.m3,
    beyondPi,
  }) {
    const linear = (beyondPi ?? (m1 === 1 ? 'linear' : 'continuous')) === 'linear'
    const bent = linear
      ? `torch.where(cos < -math.cos(${literal(m2)}), cos - ${literal(m2)} * math.sin(${literal(m2)}), both)`
      : `decreasing_cos(cos, both, ${turns(m1, m2)})`
    return {
      lines: `both = torch.cos(${literal(m1)} * angle(u, v) + ${literal(m2)})\nreturn ${bent} - ${literal(m3)}`,
    }
  },
}
