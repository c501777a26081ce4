import { anyDType } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import { format, type Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'

const signature = 'x[...] -> [...]'

/** The places begin + i * step of an array, for i in `shape`. */
interface Region {
  readonly begin: readonly number[]
  readonly step: readonly number[]
  readonly shape: Shape
}

/**
 * z[i] = x[start + i * step] for start + i * step < stop, axis by axis. Axes that are left out are taken whole;
 * negative starts and stops count from the end; steps are at least 1.  x[...] -> [...]
 */
export function slice(
  x: Tensor,
  start: readonly number[],
  stop?: readonly number[],
  step?: readonly number[],
): Tensor {
  if (start.length > x.rank) throw new Error(`slice: at most ${x.rank} starts expected, got ${format(start)}`)
  const from = (v: number, n: number): number => Math.min(Math.max(v < 0 ? v + n : v, 0), n)
  const begin = x.shape.map((n, i) => from(start[i] ?? 0, n))
  const every = x.shape.map((_, i) => step?.[i] ?? 1)
  if (every.some(s => !(Number.isInteger(s) && s >= 1))) {
    throw new Error(`slice: steps are integers >= 1, got ${format(every)}`)
  }
  const shape = x.shape.map((n, i) => Math.max(0, Math.ceil((from(stop?.[i] ?? n, n) - begin[i]) / every[i])))
  return apply(sliceOp, { x }, { begin, step: every, shape })
}
export const sliceOp = defineOp<'x', Region>({
  name: 'slice',
  signature,
  equation: 'z[i] = x[begin + i * step]',
  domain: { x: anyDType },
  examples: [{ inputs: { x: [1, 2, 3, 4] }, attrs: { begin: [1], step: [2], shape: [2] }, z: [2, 4] }],
  sample(rng) {
    const { inner, outer, begin, step } = sampleRegion(rng)
    return { shapes: { x: outer }, attrs: { begin, step, shape: inner } }
  },
  shape: (_, { shape }) => shape,
  forward: (k, { x }, { begin, step, shape }) => k.slice(x, begin, step, shape),
  vjp: { x: (dz, { x }, _, { begin, step }) => place(dz, { begin, step, shape: x.shape, value: 0 }) },
})

/** z = `value` but for z[begin + i * step] = x[i]: the adjoint of slice, and pad with gaps.  x[...] -> [...] */
export const place = (x: Tensor, attrs: Region & { value: number }): Tensor => apply(placeOp, { x }, attrs)
export const placeOp = defineOp<'x', Region & { value: number }>({
  name: 'place',
  signature,
  equation: 'z[begin + i * step] = x[i], else value',
  domain: { x: anyDType },
  examples: [
    { inputs: { x: [2, 4] }, attrs: { begin: [1], step: [2], shape: [4], value: 0 }, z: [0, 2, 0, 4] },
  ],
  sample(rng) {
    const { inner, outer, begin, step } = sampleRegion(rng)
    return { shapes: { x: inner }, attrs: { begin, step, shape: outer, value: rng.uniform(-1, 1) } }
  },
  shape: (_, { shape }) => shape,
  forward: (k, { x }, { begin, step, shape, value }) => k.place(x, begin, step, shape, value),
  vjp: { x: (dz, { x }, _, { begin, step }) => apply(sliceOp, { x: dz }, { begin, step, shape: x.shape }) },
})

interface Widths {
  readonly before: readonly number[]
  readonly after: readonly number[]
  readonly value: number
}

/** z = x with `before[i]` and `after[i]` elements of `value` (default 0) around each axis.  x[...] -> [...] */
export function pad(
  x: Tensor,
  before: readonly number[],
  after: readonly number[] = before,
  value = 0,
): Tensor {
  return apply(padOp, { x }, { before, after, value })
}
export const padOp = defineOp<'x', Widths>({
  name: 'pad',
  signature,
  equation: 'z[before + i] = x[i], else value',
  domain: { x: anyDType },
  examples: [{ inputs: { x: [1, 2] }, attrs: { before: [1], after: [2], value: 7 }, z: [7, 1, 2, 7, 7] }],
  sample(rng) {
    const widths = () => [rng.integer(0, 2), rng.integer(0, 2)]
    const attrs = { before: widths(), after: widths(), value: rng.uniform(-1, 1) }
    return { shapes: { x: [rng.integer(1, 3), rng.integer(1, 3)] }, attrs }
  },
  shape({ x }, { before, after }) {
    const widths = [...before, ...after]
    if (
      before.length !== x.length ||
      after.length !== x.length ||
      widths.some(n => !(Number.isInteger(n) && n >= 0))
    ) {
      throw new Error(
        `pad: ${x.length} widths >= 0 before and after expected, got ${format(before)} and ${format(after)}`,
      )
    }
    return x.map((n, i) => before[i] + n + after[i])
  },
  compose: ({ x }, { before, value }, shape) =>
    place(x, { begin: before, step: x.shape.map(() => 1), shape, value }),
})

/** A small array and where it lies in a larger one, for the tests. */
function sampleRegion(rng: Generator): { inner: number[]; outer: number[]; begin: number[]; step: number[] } {
  const inner = [rng.integer(1, 3), rng.integer(1, 3)]
  const begin = inner.map(() => rng.integer(0, 2))
  const step = inner.map(() => rng.integer(1, 2))
  const outer = inner.map((n, i) => begin[i] + (n - 1) * step[i] + 1 + rng.integer(0, 1))
  return { inner, outer, begin, step }
}
