import { each, real } from '../../attrs.ts'
import { anyDType } from '../../domain.ts'
import { checkScalar } from '../../dtype.ts'
import { defineOp } from '../../op.ts'
import type { Generator } from '../../random.ts'
import { format, type Shape } from '../../shape.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'

/** The places begin + i * step of an array, for i in `shape`. */
export interface Region {
  readonly begin: readonly number[]
  readonly step: readonly number[]
  readonly shape: Shape
}

type Padding = Region & { value: number }

/** z = `value` but for z[begin + i * step] = x[i]: the adjoint of slice, which is its own, and pad with gaps. */
export const interiorPadOf = (slice: (x: Tensor, region: Region) => Tensor): OpSpec<'x', Padding> =>
  defineOp<'x', Padding>({
    name: 'interiorPad',
    signature: 'x[...] -> [...]',
    equation: 'z[begin + i * step] = x[i], else value',
    domain: { x: anyDType },
    attrs: { begin: each('x', 0), step: each('x', 1), shape: each('x', 0), value: real() },
    examples: [
      { inputs: { x: [2, 4] }, attrs: { begin: [1], step: [2], shape: [4], value: 0 }, z: [0, 2, 0, 4] },
    ],
    sample(rng) {
      const { inner, outer, begin, step } = sampleRegion(rng)
      return { shapes: { x: inner }, attrs: { begin, step, shape: outer, value: rng.uniform(-1, 1) } }
    },
    shape({ x }, region) {
      checkWithin('interiorPad', region, x, region.shape)
      return region.shape
    },
    forward(k, { x }, { begin, step, shape, value }) {
      checkScalar('interiorPad', value, x.dtype)
      return k.interiorPad(x, begin, step, shape, value)
    },
    reads: { x: [] },
    vjp: { x: ({ dz, inputs: { x }, attrs: { begin, step } }) => slice(dz, { begin, step, shape: x.shape }) },
  })

/** Throws unless the places of `inner` lie in `outer`. */
export function checkWithin(op: string, { begin, step }: Region, inner: Shape, outer: Shape): void {
  let fits = true
  for (let i = 0; fits && i < inner.length; i++) {
    const n = inner[i]
    fits = n === 0 ? begin[i] <= outer[i] : begin[i] + (n - 1) * step[i] < outer[i]
  }
  if (fits) return
  const places = `${format(inner)} from ${format(begin)} in steps of ${format(step)}`
  throw new Error(`${op}: places within ${format(outer)} expected, got ${places}`)
}

/** A small array and where it lies in a larger one, for the tests. */
export function sampleRegion(rng: Generator): {
  inner: number[]
  outer: number[]
  begin: number[]
  step: number[]
} {
  const inner = [rng.integer(1, 3), rng.integer(1, 3)]
  const begin = inner.map(() => rng.integer(0, 2))
  const step = inner.map(() => rng.integer(1, 2))
  const outer = inner.map((n, i) => begin[i] + (n - 1) * step[i] + 1 + rng.integer(0, 1))
  return { inner, outer, begin, step }
}
