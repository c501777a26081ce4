import { type Tensor, tidy } from '../../engine/index.ts'
import { scaledSum } from '../../engine/ops/adjoints/scaledSum.ts'
import { sgdStep } from '../../engine/sgdStep.ts'
import type { Rates, Rule } from './groups.ts'
import { decayed } from './moments.ts'
import type { Bounds } from './sizes.ts'

type Moved = ReturnType<Rule<string>>

interface SgdSettings {
  readonly momentum: number
  readonly dampening: number
  readonly nesterov: boolean
}

/** A step of SGD, whose memory is b unless the momentum is 0: in one pass where the backend has a kernel for it, else made of ops. */
export function sgdRules({ momentum, dampening, nesterov }: SgdSettings) {
  const shareOf = (t: number): number => (t === 1 ? 1 : 1 - dampening)

  const composed: Rule<string> = (p, g, { b }, { lr, weightDecay }, t): Moved => {
    const slope = decayed(g, p, weightDecay)
    if (b === undefined) return { p: scaledSum(p, 1, slope, -lr) }
    const next = scaledSum(b, momentum, slope, shareOf(t))
    const along = (): Tensor => (nesterov ? scaledSum(next, momentum, slope, 1) : next)
    return { p: tidy(() => scaledSum(p, 1, along(), -lr)), b: next }
  }

  const move: Rule<string> = (p, g, last, rates, t) => {
    const step = { momentum, nesterov, share: shareOf(t), decay: rates.weightDecay, rate: rates.lr }
    const moved = sgdStep({ p, ...last }, g, step)
    if (moved === undefined) return composed(p, g, last, rates, t)
    const { b, ...rest } = moved
    return { ...rest, ...(b && { b }) }
  }

  const bounds: Bounds<string> = {
    squares: [],
    after({ p, b }, g, rates: Rates) {
      const slope = g + rates.weightDecay * (p + 1)
      const along = momentum * (b ?? 0) + slope
      // What the rate is to be multiplied by, and the rate itself, are numbers too.
      const moved = p + rates.lr * (slope + along + 1)
      return { p: Math.max(moved, slope + along, rates.lr), ...(b !== undefined && { b: along }) }
    },
  }
  return { move, composed, bounds }
}
