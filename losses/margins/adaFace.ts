import { checkFinite, checkFlag, checkNumber, checkOptions, type OptionNames } from '../../engine/check.ts'
import { abs, add, clamp, cos, div, mean, mul, neg, sqrt, sub, sum, type Tensor } from '../../engine/index.ts'
import { checkCosine, shifted } from './additive.ts'
import type { Angle } from './angle.ts'
import { batchFor } from './batchFor.ts'
import type { Batch, Margin, Memory } from './margin.ts'

export interface AdaFaceOptions {
  /** The scale, > 0. Default 64. */
  s?: number
  /** The margin, 0 to 2: an angle and a difference of cosines. Default 0.4. */
  m?: number
  /** How strongly the norm counts, > 0: at one deviation from the mean the indicator is h. Default 0.333. */
  h?: number
  /** How far mean and deviation move at a batch, 0 to 1. Default 0.01. */
  tAlpha?: number
  /** The angle stays within [0.001, pi - 0.001] and the cosine within 0.999 of 0, as in the authors' code. Default false. */
  clamped?: boolean
}

export const ADA_FACE_OPTIONS = {
  s: ['scale'],
  m: ['margin'],
  h: true,
  tAlpha: ['t_alpha', 'momentum'],
  clamped: ['clamp'],
} satisfies OptionNames<AdaFaceOptions>

export const adaFaceDefaults = { s: 64, m: 0.4, h: 0.333, tAlpha: 0.01, clamped: false } as const

/** Of the authors' code: norms are clipped, the deviation gets a little added, and with `clamped` angles stay off 0 and pi. */
const NORMS = { min: 0.001, max: 100 }
const EPS = 1e-3

/** Norms as they count.  [N,1] */
const normsOf = ({ norm }: Pick<Batch, 'norm'>): Tensor => clamp(norm(), NORMS.min, NORMS.max)

/**
 * z_y = s (cos(theta_y - m q) - (m + m q)), z_j = s cos theta_j, q = (‖x‖ - mean) / (deviation / h) within [-1, 1]: AdaFace, Kim 2022,
 * arXiv:2204.00964. q is a constant to the gradient; mean and deviation of the norms follow the batches (20 and 100 at first) by tAlpha. An
 * image of small norm, of low quality, has a margin that favours easy samples; one of large norm, one that favours hard samples.
 *
 * As in the authors' code (mk-minchul/AdaFace), mean and deviation move with the batch before they are used, norms are clipped to [0.001, 100],
 * and 0.001 is added to the deviation. `clamped` has its clips of angle and cosine, where the gradient is 0; the equation has none. Of a batch of
 * one the deviation stays what it was, where theirs becomes NaN. Throws on options outside their ranges.
 */
export function adaFaceMargin(options: AdaFaceOptions = {}): Margin {
  const op = 'adaFace'
  checkOptions(op, options, ADA_FACE_OPTIONS)
  const { s = adaFaceDefaults.s, m = adaFaceDefaults.m, h = adaFaceDefaults.h } = options
  const { tAlpha = adaFaceDefaults.tAlpha, clamped = adaFaceDefaults.clamped } = options
  checkFinite(op, 's', s)
  checkCosine(op, 'm', m)
  checkFinite(op, 'h', h)
  checkNumber(op, 'tAlpha', tAlpha, 0, 1)
  checkFlag(op, 'clamped', clamped)
  const unclipped = (batch: Pick<Batch, 'norm' | 'memory'>): Tensor => {
    const { mean, std } = batch.memory
    return mul(div(sub(normsOf(batch), mean), add(std, EPS)), h)
  }
  const moved = (before: Tensor, now: Tensor): Tensor => add(mul(before, 1 - tAlpha), mul(now, tAlpha))
  return {
    equation:
      'z_y = s (cos(theta_y - m q) - (m + m q)), z_j = s cos theta_j, q = (‖x‖ - mean) / (deviation / h) within [-1, 1]',
    s,
    unitX: true,
    unitW: true,
    normDetached: true,
    psi(angle, _, batch) {
      const q = clamp(unclipped(batchFor(op, batch)), -1, 1)
      const shift = mul(q, -m)
      return sub(clamped ? clampedCos(angle, shift) : shifted(angle, shift), add(mul(q, m), m))
    },
    ...(clamped && {
      others: (c: Tensor) => clamp(c, EPS - 1, 1 - EPS),
    }),
    memory: {
      start: () => ({ mean: 20, std: 100 }),
      next(batch): Memory {
        const norms = normsOf(batch)
        const now = mean(norms)
        const off = sub(norms, now)
        const { memory } = batch
        const std = norms.size === 1 ? memory.std : sqrt(div(sum(mul(off, off)), norms.size - 1))
        return { mean: moved(memory.mean, now), std: moved(memory.std, std) }
      },
    },
    nonsmoothAt: [-1, ...(clamped ? [EPS - 1, 1 - EPS] : []), 1],
    clearance: batch => [
      abs(sub(abs(unclipped(batch)), 1)),
      abs(sub(batch.norm(), NORMS.max)),
      ...(clamped
        ? [
            abs(sub(abs(batch.cosines()), 1 - EPS)),
            ...atEnds(batch.angle(), mul(clamp(unclipped(batch), -1, 1), -m)),
          ]
        : []),
    ],
  }
}

/** cos(theta + shift), the angle and the sum clipped as in the authors' code. */
function clampedCos({ theta }: Angle, shift: Tensor): Tensor {
  const within = clamp(theta, Math.acos(1 - EPS), Math.acos(EPS - 1))
  return cos(clamp(add(within, shift), EPS, Math.PI - EPS))
}

/** How far theta + shift is from where it is clipped. */
function atEnds({ theta }: Angle, shift: Tensor): Tensor[] {
  const total = add(theta, shift)
  return [abs(sub(total, EPS)), abs(add(neg(total), Math.PI - EPS))]
}
