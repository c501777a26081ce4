import * as fc from 'fast-check'
import type { DType } from '../backends/backend.ts'
import { checkInteger, checkOptions, type OptionNames, refusal, shown } from '../check.ts'
import { tensor } from '../create.ts'
import { type Domain, reals } from '../domain.ts'
import { type Shape, sizeOf } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { checkDistinct, gridOf } from './grid.ts'

export interface ShapeLimits {
  minRank?: number
  maxRank?: number
  /** 0 makes empty tensors too. Default 1. */
  minSize?: number
  maxSize?: number
}

/** Shapes, by default of rank 0 to 3 and sizes 1 to 4. */
export function shapes(limits: ShapeLimits = {}): fc.Arbitrary<number[]> {
  checkOptions('shapes', limits, {
    minRank: true,
    maxRank: true,
    minSize: true,
    maxSize: true,
  } satisfies OptionNames<ShapeLimits>)
  const { minRank = 0, maxRank = 3, minSize = 1, maxSize = 4 } = limits
  for (const [name, n] of Object.entries({ minRank, maxRank, minSize, maxSize }))
    checkInteger('shapes', name, n, 0)
  return fc.array(fc.integer({ min: minSize, max: maxSize }), { minLength: minRank, maxLength: maxRank })
}

/** `count` shapes that broadcast against each other. */
export function broadcastingShapes(count: number, limits: ShapeLimits = {}): fc.Arbitrary<number[][]> {
  return shapes(limits).chain(full => {
    const kept = fc.tuple(
      fc.nat(full.length),
      fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }),
    )
    const one = kept.map(([from, ones]) => full.map((n, i) => (ones[i] ? 1 : n)).slice(from))
    return fc.tuple(...Array.from({ length: count }, () => one))
  })
}

/** Float values of a domain, on its grid and off its kinks; shrinks towards 0. */
export function values(n: number, domain: Domain = reals): fc.Arbitrary<Float64Array> {
  checkInteger('values', 'n', n, 0)
  const grid = gridOf(domain)
  if (domain.distinct) checkDistinct(n, grid.length)
  const length = { minLength: n, maxLength: n }
  const numbers = domain.distinct
    ? fc.shuffledSubarray([...grid], length)
    : fc.array(fc.constantFrom(...grid), length)
  return numbers.map(xs => Float64Array.from(xs))
}

/** Tensors of a shape, or of shapes drawn from an arbitrary, with values of `domain`; float64 by default. */
export function tensors(
  shape: Shape | fc.Arbitrary<Shape> = shapes(),
  options: { domain?: Domain; dtype?: DType } = {},
): fc.Arbitrary<Tensor> {
  checkOptions('tensors', options, { domain: true, dtype: true })
  const { domain = reals, dtype = 'float64' } = options
  if (typeof shape !== 'object' || shape === null) {
    throw refusal('tensors', 'a shape, such as [2, 3], or an arbitrary of shapes', shape)
  }
  const drawn = 'generate' in shape ? shape : fc.constant(shape)
  return drawn.chain(s => values(sizeOf(s), domain).map(xs => tensor(xs, { shape: s, dtype })))
}

/** Class labels, integers in 0..classes-1. */
export function labels(count: number, classes: number): fc.Arbitrary<Int32Array> {
  checkInteger('labels', 'count', count, 0)
  if (!Number.isSafeInteger(classes) || classes < 1)
    throw new Error(`labels: 1 class or more expected, got ${shown(classes)}`)
  const label = fc.integer({ min: 0, max: classes - 1 })
  return fc.array(label, { minLength: count, maxLength: count }).map(ys => Int32Array.from(ys))
}

/** Seeds for a Generator: a failing property then prints the number that brings it back. */
export const seeds = (): fc.Arbitrary<number> => fc.noShrink(fc.integer({ min: 0, max: 2 ** 31 - 1 }))
