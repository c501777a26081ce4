import { axes, axis, sizes } from '../attrs.ts'
import { checkList } from '../check.ts'
import { anyDType } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { broadcast, format, normalizeAxis, type Shape, sameShape, sizeOf } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { unbroadcast } from './reduce.ts'

const signature = 'x[...] -> [...]'

/** z = x's elements in another shape; one size may be -1 and is worked out. Shares x's memory.  x[...] -> [...] */
export function reshape(x: Tensor, shape: Shape): Tensor {
  checkTensor('reshape', 'x', x)
  checkList('reshape', 'the shape', shape, 'such as [2, -1]')
  const at = shape.indexOf(-1)
  const full = at < 0 ? [...shape] : shape.with(at, x.size / sizeOf(shape.toSpliced(at, 1)))
  if (at >= 0 && !full.every(Number.isInteger)) throw wrongShape(x.shape, full)
  return sameShape(x.shape, full) ? x : apply(reshapeOp, { x }, { shape: full })
}
export const reshapeOp = defineOp<'x', { shape: Shape }>({
  name: 'reshape',
  signature,
  equation: 'x in another shape',
  domain: { x: anyDType },
  attrs: { shape: sizes },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      attrs: { shape: [4] },
      z: [1, 2, 3, 4],
    },
  ],
  sample(rng) {
    const [m, n] = [rng.integer(1, 4), rng.integer(1, 4)]
    return { shapes: { x: [m, n] }, attrs: { shape: [n, 1, m] } }
  },
  shape({ x }, { shape }) {
    if (sizeOf(shape) !== sizeOf(x)) throw wrongShape(x, shape)
    return shape
  },
  forward: (_, { x }, { shape }) => ({ ...x, shape }),
  vjp: { x: (dz, { x }) => reshape(dz, x.shape) },
})

const wrongShape = (x: Shape, shape: Shape): Error =>
  new Error(`reshape: a shape of ${sizeOf(x)} elements expected for ${format(x)}, got ${format(shape)}`)

/** z's axis i is x's axis axes[i].  x[...] -> [...] */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  checkTensor('permute', 'x', x)
  checkList('permute', 'axes', axes, 'such as [1, 0]')
  return apply(permuteOp, { x }, { axes: axes.map(a => normalizeAxis('permute', a, x.rank)) })
}
export const permuteOp = defineOp<'x', { axes: readonly number[] }>({
  name: 'permute',
  signature,
  equation: 'z[i_axes] = x[i]',
  domain: { x: anyDType },
  attrs: { axes: axes('x') },
  examples: [{ inputs: { x: [[1, 2, 3]] }, attrs: { axes: [1, 0] }, z: [[1], [2], [3]] }],
  sample(rng) {
    const x = [rng.integer(1, 3), rng.integer(1, 3), rng.integer(1, 3)]
    return { shapes: { x }, attrs: { axes: [...rng.permutation(3)] } }
  },
  shape({ x }, { axes }) {
    if (axes.length !== x.length) {
      throw new Error(`permute: each of the ${x.length} axes once expected, got ${format(axes)}`)
    }
    return axes.map(a => x[a])
  },
  forward: (k, { x }, { axes }) => k.permute(x, axes),
  vjp: {
    x: (dz, _, __, { axes }) =>
      permute(
        dz,
        axes.map((_, i) => axes.indexOf(i)),
      ),
  },
})

/** z = x with two axes exchanged, by default the last two.  x[...,M,N] -> [...,N,M] */
export function transpose(x: Tensor, axis0 = -2, axis1 = -1): Tensor {
  checkTensor('transpose', 'x', x)
  const [a, b] = [axis0, axis1].map(axis => normalizeAxis('transpose', axis, x.rank))
  return apply(transposeOp, { x }, { axis0: a, axis1: b })
}
export const transposeOp = defineOp<'x', { axis0: number; axis1: number }>({
  name: 'transpose',
  signature,
  equation: 'x with two axes exchanged',
  domain: { x: anyDType },
  attrs: { axis0: axis('x'), axis1: axis('x') },
  examples: [{ inputs: { x: [[1, 2, 3]] }, attrs: { axis0: 0, axis1: 1 }, z: [[1], [2], [3]] }],
  sample(rng) {
    const x = [rng.integer(1, 3), rng.integer(1, 3), rng.integer(1, 3)]
    return { shapes: { x }, attrs: { axis0: rng.integer(0, 2), axis1: rng.integer(0, 2) } }
  },
  shape: ({ x }, attrs) => exchanged(x, attrs).map(axis => x[axis]),
  compose: ({ x }, attrs) => permute(x, exchanged(x.shape, attrs)),
})

/** The axes of x with two of them exchanged. */
function exchanged(x: Shape, { axis0, axis1 }: { axis0: number; axis1: number }): number[] {
  return x.map((_, i) => (i === axis0 ? axis1 : i === axis1 ? axis0 : i))
}

/** z = x stretched to `shape`, as broadcasting does.  x[...] -> [...] */
export function broadcastTo(x: Tensor, shape: Shape): Tensor {
  checkTensor('broadcastTo', 'x', x)
  checkList('broadcastTo', 'the shape', shape, 'such as [2, 3]')
  return sameShape(x.shape, shape) ? x : apply(broadcastToOp, { x }, { shape: [...shape] })
}
export const broadcastToOp = defineOp<'x', { shape: Shape }>({
  name: 'broadcastTo',
  signature,
  equation: 'x stretched to shape',
  domain: { x: anyDType },
  attrs: { shape: sizes },
  examples: [
    {
      inputs: { x: [[1], [2]] },
      attrs: { shape: [2, 2] },
      z: [
        [1, 1],
        [2, 2],
      ],
    },
  ],
  sample(rng) {
    const [m, n] = [rng.integer(1, 3), rng.integer(1, 3)]
    return { shapes: { x: [m, 1] }, attrs: { shape: [rng.integer(1, 3), m, n] } }
  },
  shape({ x }, { shape }) {
    if (!sameShape(broadcast('broadcastTo', x, shape), shape)) {
      throw new Error(`broadcastTo: ${format(x)} does not stretch to ${format(shape)}`)
    }
    return shape
  },
  forward: (k, { x }, { shape }) => k.broadcastTo(x, shape),
  vjp: { x: (dz, { x }) => unbroadcast(dz, x.shape) },
})
