import { each, real } from '../attrs.ts'
import { checkInteger, checkList, refusal } from '../check.ts'
import { anyDType } from '../domain.ts'
import { checkScalar } from '../dtype.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import { format, type Shape } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'

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
  checkTensor('slice', 'x', x)
  checkPlaces('start', start, x.rank)
  if (stop !== undefined) checkPlaces('stop', stop, x.rank)
  if (step !== undefined) checkPlaces('step', step, x.rank, 1)
  const [begin, every, shape]: [number[], number[], number[]] = [[], [], []]
  for (let i = 0; i < x.rank; i++) {
    const n = x.shape[i]
    const first = from(start[i] ?? 0, n)
    const apart = step?.[i] ?? 1
    begin.push(first)
    every.push(apart)
    shape.push(Math.max(0, Math.ceil((from(stop?.[i] ?? n, n) - first) / apart)))
  }
  return apply(sliceOp, { x }, { begin, step: every, shape })
}

/** A place along an axis of n, negative ones from the end. */
const from = (v: number, n: number): number => Math.min(Math.max(v < 0 ? v + n : v, 0), n)

/** Throws unless `value` is a list of integers, at most one an axis. */
function checkPlaces(name: string, value: unknown, rank: number, low?: number): void {
  checkList('slice', name, value, 'as in slice(x, [0], [1])')
  if (value.length > rank) throw refusal('slice', `${name} of at most ${rank} integers, one an axis,`, value)
  for (let i = 0; i < value.length; i++) checkInteger('slice', name, value[i], low)
}

export const sliceOp = defineOp<'x', Region>({
  name: 'slice',
  signature,
  equation: 'z[i] = x[begin + i * step]',
  domain: { x: anyDType },
  attrs: { begin: each('x', 0), step: each('x', 1), shape: each('x', 0) },
  examples: [{ inputs: { x: [1, 2, 3, 4] }, attrs: { begin: [1], step: [2], shape: [2] }, z: [2, 4] }],
  sample(rng) {
    const { inner, outer, begin, step } = sampleRegion(rng)
    return { shapes: { x: outer }, attrs: { begin, step, shape: inner } }
  },
  shape({ x }, region) {
    checkWithin('slice', region, region.shape, x)
    return region.shape
  },
  forward: (k, { x }, { begin, step, shape }) => k.slice(x, begin, step, shape),
  vjp: { x: (dz, { x }, _, { begin, step }) => interiorPad(dz, { begin, step, shape: x.shape, value: 0 }) },
})

/** z = `value` but for z[begin + i * step] = x[i]: the adjoint of slice, and pad with gaps.  x[...] -> [...] */
export const interiorPad = (x: Tensor, attrs: Region & { value: number }): Tensor =>
  apply(interiorPadOp, { x }, attrs)
export const interiorPadOp = defineOp<'x', Region & { value: number }>({
  name: 'interiorPad',
  signature,
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
  vjp: { x: (dz, { x }, _, { begin, step }) => apply(sliceOp, { x: dz }, { begin, step, shape: x.shape }) },
})

/** Throws unless the places of `inner` lie in `outer`. */
function checkWithin(op: string, { begin, step }: Region, inner: Shape, outer: Shape): void {
  let fits = true
  for (let i = 0; fits && i < inner.length; i++) {
    const n = inner[i]
    fits = n === 0 ? begin[i] <= outer[i] : begin[i] + (n - 1) * step[i] < outer[i]
  }
  if (fits) return
  const places = `${format(inner)} from ${format(begin)} in steps of ${format(step)}`
  throw new Error(`${op}: places within ${format(outer)} expected, got ${places}`)
}

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
  checkTensor('pad', 'x', x)
  checkScalar('pad', value, x.dtype)
  for (const [name, widths] of Object.entries({ before, after })) {
    checkList('pad', name, widths, 'a width an axis', x.rank)
  }
  return apply(padOp, { x }, { before: [...before], after: [...after], value })
}
export const padOp = defineOp<'x', Widths>({
  name: 'pad',
  signature,
  equation: 'z[before + i] = x[i], else value',
  domain: { x: anyDType },
  attrs: { before: each('x', 0), after: each('x', 0), value: real() },
  examples: [{ inputs: { x: [1, 2] }, attrs: { before: [1], after: [2], value: 7 }, z: [7, 1, 2, 7, 7] }],
  sample(rng) {
    const widths = () => [rng.integer(0, 2), rng.integer(0, 2)]
    const attrs = { before: widths(), after: widths(), value: rng.uniform(-1, 1) }
    return { shapes: { x: [rng.integer(1, 3), rng.integer(1, 3)] }, attrs }
  },
  shape: ({ x }, { before, after }) => x.map((n, i) => before[i] + n + after[i]),
  compose: ({ x }, { before, value }, shape) =>
    interiorPad(x, { begin: before, step: x.shape.map(() => 1), shape, value }),
})

/** A small array and where it lies in a larger one, for the tests. */
function sampleRegion(rng: Generator): { inner: number[]; outer: number[]; begin: number[]; step: number[] } {
  const inner = [rng.integer(1, 3), rng.integer(1, 3)]
  const begin = inner.map(() => rng.integer(0, 2))
  const step = inner.map(() => rng.integer(1, 2))
  const outer = inner.map((n, i) => begin[i] + (n - 1) * step[i] + 1 + rng.integer(0, 1))
  return { inner, outer, begin, step }
}
