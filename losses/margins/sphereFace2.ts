import {
  checkFinite,
  checkFlag,
  checkName,
  checkOptions,
  type OptionNames,
  shown,
} from '../../engine/check.ts'
import { add, cos, div, maximum, minimum, mul, pow, sub, type Tensor } from '../../engine/index.ts'
import { shiftedPower } from '../../engine/ops/adjoints/shiftedPower.ts'
import { checkCosine, checkRadians } from './additive.ts'
import { type Angle, cosinesAtPi } from './angle.ts'
import type { Margin } from './margin.ts'
import { checkTurns } from './multiplicative.ts'

export interface SphereFace2Options {
  /** The scale, > 0, r in the paper. Default 40. */
  s?: number
  /** `C`, the default: taken off the similarity of the own class and added to that of others; `A`: added to its angle; `M`: a multiple. */
  type?: 'C' | 'A' | 'M'
  /** The margin: of C 0 to 2, of A an angle in radians, of M a number from 1 on. Default 0.4, of M 1.5. */
  m?: number
  /** The power of the similarity, >= 1. Default 3. */
  t?: number
  /** What the own class counts, and 1 - lambda each other; above 0 and below 1. Default 0.7. */
  lambda?: number
  /** The gradient is that of the plain cosines, as in the authors' code. Default false. */
  detached?: boolean
}

export const SPHERE_FACE2_OPTIONS = {
  s: ['scale', 'r'],
  type: ['magnType', 'marginType'],
  m: ['margin'],
  t: true,
  lambda: ['alpha', 'lanbuda'],
  detached: ['detach'],
} satisfies OptionNames<SphereFace2Options>

export const sphereFace2Defaults = { s: 40, type: 'C', m: 0.4, t: 3, lambda: 0.7, detached: false } as const

/**
 * lambda ln(1 + e^-z_y) + (1 - lambda) sum_{j != y} ln(1 + e^z_j), z_y = s (g(cos theta_y) - m) + b, z_j = s (g(cos theta_j) + m) + b, g(c) = 2
 * ((c + 1) / 2)^t - 1: SphereFace2, Wen 2022, arXiv:2108.01513, of type C. Type A has g(cos(min(theta_y + m, pi))) for the own class and
 * g(cos theta_j) for others, type M g(cos(min(m theta_y, pi))). Each class is a question of its own, same or not, and one b is learned for all:
 * `threshold` is the cosine where g is -b / s, a threshold for the open set too.
 *
 * b starts where lambda, s, m and C balance the two parts at right angles, as in the authors' code (ydwen/opensphere), whose loss is 50 / s
 * times this one. There the gradient is that of plain cosines: `detached`; by default it is the loss's own. Throws on options outside their ranges.
 */
export function sphereFace2Margin(options: SphereFace2Options = {}): Margin {
  const op = 'sphereFace2'
  checkOptions(op, options, SPHERE_FACE2_OPTIONS)
  const { s = sphereFace2Defaults.s, type = sphereFace2Defaults.type, t = sphereFace2Defaults.t } = options
  checkName(op, 'type', type, ['C', 'A', 'M'])
  const { m = type === 'M' ? 1.5 : sphereFace2Defaults.m, lambda = sphereFace2Defaults.lambda } = options
  const { detached = sphereFace2Defaults.detached } = options
  checkFinite(op, 's', s)
  checkFinite(op, 't', t)
  if (t < 1) throw new Error(`${op}: t is a power >= 1, got ${t}`)
  if (!(typeof lambda === 'number' && lambda > 0 && lambda < 1)) {
    throw new Error(`${op}: lambda is a number above 0 and below 1, got ${shown(lambda)}`)
  }
  checkFlag(op, 'detached', detached)
  if (type === 'C') checkCosine(op, 'm', m)
  if (type === 'A') checkRadians(op, 'm', m)
  if (type === 'M') {
    checkFinite(op, 'm', m)
    if (m < 1) throw new Error(`${op}: m multiplies the angle, a number >= 1, got ${m}`)
    checkTurns(op, 'm', m)
  }
  // Rounding may take a cosine past -1; below it the base of the power is 0.
  const g = (c: Tensor, more = 0): Tensor =>
    shiftedPower(c, { shift: 1, power: t, factor: 2 ** (1 - t), constant: more - 1 })
  const own = {
    C: ({ cosTheta }: Angle) => g(cosTheta, -m),
    A: ({ theta }: Angle) => g(cos(minimum(add(theta, m), Math.PI))),
    M: ({ theta }: Angle) => g(cos(minimum(mul(theta, m), Math.PI))),
  }[type]
  return {
    equation: `z_y = s (g(cos theta_y) - m) + b, z_j = s (g(cos theta_j) + m) + b, g(c) = 2 ((c + 1) / 2)^t - 1, decided class by class`,
    s,
    unitX: true,
    unitW: true,
    psi: own,
    others: c => g(c, type === 'C' ? m : 0),
    binary: {
      positive: lambda,
      negative: 1 - lambda,
      bias: classes => startOfBias({ s, m, t, lambda, type }, classes),
      threshold: b => sub(mul(pow(maximum(mul(sub(1, div(b, s)), 0.5), 0), 1 / t), 2), 1),
    },
    nonsmoothAt: { C: [], A: [-1, ...cosinesAtPi(1, m), 1], M: [-1, ...cosinesAtPi(m, 0).slice(0, 1), 1] }[
      type
    ],
    ...(detached && { detached }),
  }
}

/** b with which the two parts of the loss have derivatives in b that cancel, all angles being right ones. */
function startOfBias(
  { s, m, t, lambda, type }: Required<Omit<SphereFace2Options, 'detached'>>,
  classes: number,
): number {
  const g = (c: number): number => 2 * ((c + 1) / 2) ** t - 1
  const right = { C: 0, A: Math.PI / 2 + m, M: (Math.PI / 2) * m }[type]
  const own = s * (type === 'C' ? g(0) - m : g(Math.cos(Math.min(Math.PI, right))))
  const other = s * (type === 'C' ? g(0) + m : g(0))
  const odds = lambda / ((1 - lambda) * Math.max(1, classes - 1))
  const root = Math.sqrt((1 - odds) ** 2 + 4 * odds * Math.exp(own - other))
  // 1 - odds + root cancels where odds > 1; times root + odds - 1 it is 4 odds e^(own - other).
  if (odds > 1) return Math.log((root + odds - 1) / 2) - own
  return Math.log(2 * odds) - other - Math.log(1 - odds + root)
}
