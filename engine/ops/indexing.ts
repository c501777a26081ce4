import { axis as axisOf, dtype as dtypeCheck, integer } from '../attrs.ts'
import type { Backend, DType, TypedArray } from '../backends/backend.ts'
import { defaultBackend } from '../backends/registry.ts'
import { ones, valuesLike, zeros, zerosLike } from '../create.ts'
import { index, reals } from '../domain.ts'
import { checkDType } from '../dtype.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import { format, type Shape, sizeOf } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import { checkTensor, type Nested, Tensor } from '../tensor.ts'
import { type Along, type AxisOptions, oneAxis } from './axes.ts'
import { fromEnd } from './ravelIndex.ts'
import { broadcastTo, reshape } from './reduce.ts'

interface Attrs {
  readonly axis: number
}

/**
 * z[.., i, ..] = x[.., index[.., i, ..], ..]: along `axis` (default the last) each place of z picks from its own
 * line of x, as torch.gather and NumPy's take_along_axis. `index` is int32 and has x's sizes but for `axis`.
 * Negative indices count from the end. Throws on an index outside -n..n-1.  x[...] index[...] -> [...]
 */
export function gather(x: Tensor, index: Tensor, axis?: Along<AxisOptions>): Tensor {
  checkTensor('gather', 'x', x)
  const along = oneAxis('gather', axis, x.rank, -1)
  return apply(gatherOp, { x, index: fromEnd('gather', index, x.shape[along]) }, { axis: along })
}
/** Of an index that has no negative ones. */
export const gatherOp: OpSpec<'x' | 'index', Attrs> = defineOp<'x' | 'index', Attrs>({
  name: 'gather',
  signature: 'x[...] index[...] -> [...]',
  equation: 'z[.., i, ..] = x[.., index[.., i, ..], ..]',
  domain: { x: { ...reals, kind: 'any' }, index },
  attrs: { axis: axisOf('x') },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
        index: [[1], [0]],
      },
      attrs: { axis: 1 },
      z: [[2], [3]],
    },
    { inputs: { x: [5, 6], index: [1, 1, 0] }, attrs: { axis: 0 }, z: [6, 6, 5], grads: { x: [1, 2] } },
  ],
  sample(rng) {
    const { x, index, axis } = sampleIndexing(rng)
    return { shapes: { x, index }, attrs: { axis }, index: x[axis] }
  },
  shape({ x, index }, { axis }) {
    agree('gather', x, index, axis)
    return index
  },
  forward: (k, { x, index }, { axis }) => k.gather(x, index, axis),
  reads: { x: ['index'], index: [] },
  vjp: {
    x: ({ dz, inputs: { x, index }, attrs }) =>
      apply(scatterAddOp, { x: zerosLike(x), index, src: dz }, attrs),
    index: 'nondifferentiable',
  },
  adding: {
    x: ({ dz, inputs: { index }, attrs }, known) => apply(scatterAddOp, { x: known, index, src: dz }, attrs),
  },
})

/**
 * z = x, and then z[.., index[.., i, ..], ..] += src[.., i, ..] for each i in turn, as torch.scatter_add; the
 * adjoint of gather. `index` has src's shape; negative ones count from the end.  x[...] index[...] src[...] -> [...]
 */
export function scatterAdd(x: Tensor, index: Tensor, src: Tensor, axis?: Along<AxisOptions>): Tensor {
  checkTensor('scatterAdd', 'x', x)
  const along = oneAxis('scatterAdd', axis, x.rank, -1)
  const places = fromEnd('scatterAdd', index, x.shape[along])
  return apply(scatterAddOp, { x, index: places, src }, { axis: along })
}
/** Of an index that has no negative ones. */
export const scatterAddOp: OpSpec<'x' | 'index' | 'src', Attrs> = defineOp<'x' | 'index' | 'src', Attrs>({
  name: 'scatterAdd',
  signature: 'x[...] index[...] src[...] -> [...]',
  equation: 'z = x; z[.., index[.., i, ..], ..] += src[.., i, ..]',
  domain: { x: reals, index, src: reals },
  integers: true,
  attrs: { axis: axisOf('x') },
  examples: [
    { inputs: { x: [1, 1, 1], index: [0, 2, 0], src: [10, 20, 30] }, attrs: { axis: 0 }, z: [41, 1, 21] },
  ],
  sample(rng) {
    const { x, index, axis } = sampleIndexing(rng)
    return { shapes: { x, index, src: index }, attrs: { axis }, index: x[axis] }
  },
  shape({ x, index, src }, { axis }) {
    agree('scatterAdd', x, index, axis)
    if (format(index) !== format(src)) {
      throw new Error(
        `scatterAdd: index and src of one shape expected, got ${format(index)} and ${format(src)}`,
      )
    }
    return x
  },
  forward: (k, { x, index, src }, { axis }) => k.scatterAdd(x, index, src, axis),
  reads: { x: [], index: [], src: ['index'] },
  vjp: {
    x: ({ dz }) => dz,
    index: 'nondifferentiable',
    src: ({ dz, inputs: { index }, attrs }) => apply(gatherOp, { x: dz, index }, attrs),
  },
})

/**
 * z[.., i, ..] = x[.., index[i], ..]: the rows of x that `index` names, or the slices along another `axis` (default the
 * first), as numpy.take; the sizes of `index`, int32 of any rank, stand in the place of the axis. Negative indices
 * count from the end. Throws on an index outside -n..n-1.  x[n,...] index[...] -> [...]
 */
export function take(x: Tensor, index: Tensor, axis?: Along<AxisOptions>): Tensor {
  checkTensor('take', 'x', x)
  const along = oneAxis('take', axis, x.rank, 0)
  return apply(takeOp, { x, index: fromEnd('take', index, x.shape[along]) }, { axis: along })
}
/** Of an index that has no negative ones. */
export const takeOp = defineOp<'x' | 'index', Attrs>({
  name: 'take',
  signature: 'x[...] index[...] -> [...]',
  equation: 'z[.., i, ..] = x[.., index[i], ..]',
  domain: { x: { ...reals, kind: 'any' }, index },
  attrs: { axis: axisOf('x') },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
        index: [1, 1, 0],
      },
      attrs: { axis: 0 },
      z: [
        [3, 4],
        [3, 4],
        [1, 2],
      ],
      grads: {
        x: [
          [1, 1],
          [2, 2],
        ],
      },
    },
    { inputs: { x: [[5, 6]], index: 1 }, attrs: { axis: 1 }, z: [6] },
  ],
  sample(rng) {
    const { x, axis } = sampleIndexing(rng)
    return { shapes: { x, index: [[], [4], [2, 3]][rng.integer(0, 2)] }, attrs: { axis }, index: x[axis] }
  },
  shape({ x, index }, { axis }) {
    pickable('take', x, index, axis)
    return x.toSpliced(axis, 1, ...index)
  },
  forward: (k, { x, index }, { axis }, shape) => k.take(x, index, axis, shape),
  reads: { x: ['index'], index: [] },
  vjp: {
    x: ({ dz, inputs: { x, index }, attrs }) => putBack(zerosLike(x), index, dz, attrs),
    index: 'nondifferentiable',
  },
  adding: { x: ({ dz, inputs: { index }, attrs }, known) => putBack(known, index, dz, attrs) },
})

/** x, and added to its places what `take` has taken from there. */
function putBack(x: Tensor, index: Tensor, taken: Tensor, attrs: Attrs): Tensor {
  const places = spread(index, x.shape, attrs.axis)
  return apply(scatterAddOp, { x, index: places, src: reshape(taken, places.shape) }, attrs)
}

/** An index of gather that takes the same place along `axis` from every line of an array of `shape`. */
function spread(index: Tensor, shape: Shape, axis: number): Tensor {
  const line = shape.map((_, i) => (i === axis ? index.size : 1))
  return broadcastTo(reshape(index, line), shape.with(axis, index.size))
}

/**
 * z[.., i, j] = 1 where index[.., i] = j, else 0, for j < depth.  index[...] -> [...,depth]
 * Throws on an index outside 0..depth-1. Numbers instead of a tensor go where the result goes.
 */
export function oneHot(index: Tensor | Nested | Int32Array, depth: number, dtype: DType = 'float32'): Tensor {
  checkDType('oneHot', dtype)
  const i = index instanceof Tensor ? index : indexOn('oneHot', index, defaultBackend(dtype))
  return apply(oneHotOp, { index: i }, { depth, dtype })
}
export const oneHotOp = defineOp<'index', { depth: number; dtype: DType }>({
  name: 'oneHot',
  signature: 'index[...] -> [...,depth]',
  equation: 'z[.., i, j] = (index[.., i] = j)',
  domain: { index },
  attrs: { depth: integer(1), dtype: dtypeCheck },
  examples: [
    {
      inputs: { index: [1, 0] },
      attrs: { depth: 3, dtype: 'float64' },
      z: [
        [0, 1, 0],
        [1, 0, 0],
      ],
    },
  ],
  sample(rng) {
    const depth = rng.integer(1, 4)
    return { shapes: { index: [rng.integer(1, 4)] }, attrs: { depth, dtype: 'float64' }, index: depth }
  },
  shape: ({ index }, { depth }) => [...index, depth],
  compose({ index }, { dtype }, shape) {
    const options = { dtype, backend: index.backend }
    const places = [...index.shape, 1]
    const src = ones(places, options)
    return apply(
      scatterAddOp,
      { x: zeros(shape, options), index: reshape(index, places), src },
      { axis: index.rank },
    )
  },
})

/** Indices in an array, as an int32 tensor on the backend of what they are indices into. */
export const indexOn = (op: string, index: Nested | TypedArray, backend: Backend): Tensor =>
  valuesLike(op, index, { dtype: 'int32', backend })

/** `index` has x's sizes, except along `axis`, which has places to pick from. */
export function agree(op: string, x: Shape, index: Shape, axis: number): void {
  if (index.length !== x.length || index.some((n, i) => i !== axis && n !== x[i])) {
    throw new Error(
      `${op}: an index of x's shape ${format(x)} except along axis ${axis} expected, got ${format(index)}`,
    )
  }
  pickable(op, x, index, axis)
}

/** There is something to pick, where anything is picked. */
function pickable(op: string, x: Shape, index: Shape, axis: number): void {
  if (x[axis] > 0 || sizeOf(index) === 0) return
  throw new Error(`${op}: x of a size above 0 along axis ${axis} expected, got ${format(x)}`)
}

export function sampleIndexing(rng: Generator): { x: number[]; index: number[]; axis: number } {
  const x = [rng.integer(1, 3), rng.integer(1, 3), rng.integer(1, 3)]
  const axis = rng.integer(0, 2)
  return { x, index: x.map((n, i) => (i === axis ? rng.integer(1, 4) : n)), axis }
}
