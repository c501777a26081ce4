/**
 * Where an op's input may lie: what an op's row says, what its tests draw from. Values are drawn from a dyadic
 * grid, odd multiples of 1/128 in [low, high], at least `margin` away from each of `avoid`; `even` takes the even
 * multiples instead, so that two inputs never tie, and `distinct` forbids ties within one input.
 */
export interface Domain {
  readonly kind: 'float' | 'index' | 'any'
  readonly low: number
  readonly high: number
  readonly avoid?: readonly number[]
  readonly margin?: number
  readonly even?: boolean
  readonly distinct?: boolean
}

export const reals: Domain = { kind: 'float', low: -2, high: 2 }
export const positive: Domain = { kind: 'float', low: 0.25, high: 3 }
export const cosines: Domain = { kind: 'float', low: -0.9, high: 0.9 }
export const nonzero: Domain = { kind: 'float', low: -2, high: 2, avoid: [0], margin: 0.1 }
export const distinct: Domain = { kind: 'float', low: -4, high: 4, distinct: true }
/** Integers that name a place along an axis: int32, without a gradient. The op's sample says how many. */
export const index: Domain = { kind: 'index', low: 0, high: 0 }
/** Any dtype: for ops that only move values. */
export const anyDType: Domain = { ...reals, kind: 'any' }

export const awayFrom = (...avoid: number[]): Domain => ({ ...reals, avoid, margin: 0.05 })
