import { adamSteps } from '../../engine/adamSteps.ts'
import type { TypedArray } from '../../engine/backends/backend.ts'
import { add, div, maximum, mul, sqrt, sub, type Tensor, tidy } from '../../engine/index.ts'
import type { Rates, Rule } from './groups.ts'
import type { CatchUp } from './missedSteps.ts'
import { decayed, runningMean } from './moments.ts'
import type { Bounds } from './sizes.ts'

interface AdamSettings {
  readonly betas: readonly [number, number]
  readonly eps: number
  readonly amsgrad: boolean
  /** Is weight decay apart from the gradient, as in AdamW? */
  readonly decoupled: boolean
}

/** The moments of Adam: of v the largest too, with `amsgrad`. */
export const adamMoments = (amsgrad: boolean) => (amsgrad ? ['m', 'v', 'vMax'] : ['m', 'v'])

/** A step of Adam, and any number of them without a gradient: in one pass where the backend has a kernel for it, else made of ops. */
export function adamRules({ betas: [b1, b2], eps, amsgrad, decoupled }: AdamSettings) {
  const constantsOf = ({ weightDecay }: Rates) => ({ b1, b2, eps, decay: decoupled ? 0 : weightDecay })
  const stepOf = ({ lr, weightDecay }: Rates, t: number) => ({
    shrink: decoupled ? 1 - lr * weightDecay : 1,
    root: 1 / Math.sqrt(1 - b2 ** t),
    rate: lr / (1 - b1 ** t),
  })
  const inOnePass = (
    { p, m, v, vMax: largest }: Readonly<Record<string, Tensor>>,
    g: Tensor | undefined,
    rates: readonly Rates[],
    since: number,
    first?: Int32Array,
  ) => {
    const state = { p, m, v, ...(amsgrad && { largest }) }
    const steps = rates.map((each, i) => stepOf(each, since + i))
    const moved = adamSteps(state, g, constantsOf(rates[0]), steps, first)
    if (moved === undefined) return undefined
    const { largest: vMax, ...rest } = moved
    return { ...rest, ...(vMax && { vMax }) }
  }

  const composed: Rule<string> = (p, g, last, rates, t) => {
    const { shrink, root: factor, rate } = stepOf(rates, t)
    const slope = decayed(g, p, constantsOf(rates).decay)
    const m = runningMean(last.m, slope, b1)
    const v = tidy(() => runningMean(last.v, mul(slope, slope), b2))
    const vMax = amsgrad ? maximum(last.vMax, v) : v
    const root = (): Tensor => tidy(() => add(mul(sqrt(vMax), factor), eps))
    const move = tidy(() => mul(div(m, root()), rate))
    return { p: tidy(() => sub(shrink === 1 ? p : mul(p, shrink), move)), m, v, ...(amsgrad && { vMax }) }
  }

  const move: Rule<string> = (p, g, last, rates, t) =>
    inOnePass({ p, ...last }, g, [rates], t) ?? composed(p, g, last, rates, t)
  const catchUp: CatchUp<string> = (rows, { since, rates, first }) =>
    inOnePass(rows, undefined, rates, since, first)

  // Terms of sums alone, and 1 for what is multiplied by a rate: a rate that is no float32 bounds nothing.
  const bounds: Bounds<string> = {
    squares: adamMoments(amsgrad).slice(1),
    further: { ratio: ({ m, v }) => largestRatio(m.values, v.values, Math.fround(eps)) },
    after({ p, m, v, vMax = 0, ratio }, g, rates, t) {
      const { shrink, rate } = stepOf(rates, t)
      const slope = g + constantsOf(rates).decay * (p + 1)
      const next = { m: b1 * m + slope, v: b2 * v + slope * slope }
      const along = Math.min(nextRatio(ratio, [b1, b2], Math.fround(eps)), (next.m + 1) / Math.fround(eps))
      return {
        p: Math.abs(shrink) * (p + 1) + (along + 1) * Math.max(1, rate),
        ratio: along,
        ...next,
        ...(amsgrad && { vMax: Math.max(vMax, next.v) }),
      }
    },
  }
  return { move, composed, catchUp, bounds }
}

/** The largest |m| / (sqrt(v) + eps). */
function largestRatio(m: TypedArray, v: TypedArray, eps: number): number {
  let largest = 0
  for (let i = 0; i < m.length; i++) {
    if (m[i] !== 0) largest = Math.max(largest, Math.abs(m[i]) / (Math.sqrt(v[i]) + eps))
  }
  return largest
}

/**
 * A bound of |m| / (sqrt(v) + eps) after a step, R of that before. With |m| <= R sqrt(v), and by Cauchy and Schwarz,
 *
 *     b1 R sqrt(v) + (1 - b1) |g| <= sqrt(b1^2 R^2 / b2 + (1 - b1)^2 / (1 - b2)) sqrt(b2 v + (1 - b2) g^2)
 *
 * whatever g is. What is below the normal numbers may be lost: 2^-126 of v, 2^-148 of m.
 */
function nextRatio(R: number, [b1, b2]: readonly [number, number], eps: number): number {
  const memory = b1 * R === 0 ? 0 : (b1 * R) ** 2 / b2
  const whole = Math.sqrt(memory + (1 - b1) ** 2 / (1 - b2))
  return Math.max(whole, b1 * R + (whole * 2 ** -63 + 2 ** -148) / eps)
}
