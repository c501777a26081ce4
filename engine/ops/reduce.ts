import { axes, flag, sizes } from '../attrs.ts'
import type { Reduction } from '../backends/backend.ts'
import { checkList, type OptionNames } from '../check.ts'
import { anyDType, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import { broadcast, checkShape, format, type Shape, sameShape, sizeOf } from '../shape.ts'
import type { OpSpec, Primitive } from '../spec.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { type Along, type Axis, alongOptions, axesOf } from './axes.ts'

export interface ReduceOptions {
  /** The axes to reduce; default all of them. Negative axes count from the right. */
  axis?: Axis
  /** Leave the reduced axes as size 1. Default false. */
  keepDims?: boolean
}

export const REDUCE = { axis: true, keepDims: true } as const satisfies OptionNames<ReduceOptions>

export interface Axes {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}

const signature = 'x[...] -> [...]'

type Row = Pick<
  Primitive<'x', Axes>,
  'equation' | 'domain' | 'integers' | 'examples' | 'shape' | 'reads' | 'vjp'
>

/** An op that reduces by the kernel of its name; of no elements, where `shape` says so. */
export const reduceOp = (name: Reduction, row: Row): OpSpec<'x', Axes> =>
  defineOp<'x', Axes>({
    name,
    signature,
    attrs: { axes: axes('x'), keepDims: flag },
    sample: sampleAxes,
    shape: ({ x }, attrs) => reduced(nonempty(name, x, attrs), attrs),
    ...row,
    forward: (k, { x }, { axes }, shape) => k.reduce(name, x, axes, shape),
  })

/** z = the sum of x over `axis`.  x[...] -> [...] */
export const sum = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(sumOp, { x }, reduction('sum', x, axis, none))
export const sumOp = reduceOp('sum', {
  equation: 'sum over axis of x',
  domain: { x: reals },
  integers: true,
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      attrs: { axes: [0], keepDims: false },
      z: [4, 6],
    },
  ],
  shape: ({ x }, attrs) => reduced(x, attrs),
  reads: { x: [] },
  vjp: { x: ({ dz, inputs: { x }, attrs }) => spread(dz, x.shape, attrs) },
})

/** Sums `dz` over the axes along which `shape` was broadcast to it: the adjoint of broadcasting. */
export function unbroadcast(dz: Tensor, shape: Shape): Tensor {
  checkTensor('unbroadcast', 'dz', dz)
  checkShape('unbroadcast', shape)
  if (sameShape(dz.shape, shape)) return dz
  if (!sameShape(broadcast('unbroadcast', dz.shape, shape), dz.shape)) {
    throw new Error(
      `unbroadcast: a shape that broadcasts to ${format(dz.shape)} expected, got ${format(shape)}`,
    )
  }
  const extra = dz.rank - shape.length
  const axis = dz.shape.flatMap((n, i) => (i < extra || (shape[i - extra] === 1 && n !== 1) ? [i] : []))
  return reshape(sum(dz, { axis }), shape)
}

/** The axes to reduce, all of them by default, from what the caller gave. */
export function reduction(
  op: string,
  x: Tensor,
  given?: Along<ReduceOptions>,
  surplus?: readonly unknown[],
): Axes {
  const { axis, keepDims = false } = alongOptions(op, given, REDUCE, surplus)
  return { axes: axesOf(op, x, axis), keepDims }
}

export function reduced(x: Shape, { axes, keepDims }: Axes): Shape {
  return keepDims ? x.map((n, i) => (axes.includes(i) ? 1 : n)) : x.filter((_, i) => !axes.includes(i))
}

export function nonempty(op: string, x: Shape, { axes }: Pick<Axes, 'axes'>): Shape {
  if (count(x, axes) === 0)
    throw new Error(`${op}: at least one element to reduce expected, got shape [${x}]`)
  return x
}

/** A reduced tensor with its reduced axes back as size 1. */
export const keep = (z: Tensor, x: Shape, { axes }: Axes): Tensor =>
  reshape(z, reduced(x, { axes, keepDims: true }))

export const spread = (z: Tensor, x: Shape, attrs: Axes): Tensor => broadcastTo(keep(z, x, attrs), x)

/** A shape of rank 1 to 3 and axes of it, for the tests. */
export function sampleAxes(rng: Generator): { shapes: { x: number[] }; attrs: Axes } {
  const x = Array.from({ length: rng.integer(1, 3) }, () => rng.integer(1, 3))
  const axes = x.map((_, i) => i).filter(() => rng.uniform() < 0.6)
  return { shapes: { x }, attrs: { axes: axes.length === 0 ? [0] : axes, keepDims: rng.uniform() < 0.5 } }
}

export const count = (x: Shape, axes: readonly number[]): number => sizeOf(axes.map(i => x[i]))

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
  reads: { x: [] },
  vjp: { x: ({ dz, inputs: { x } }) => reshape(dz, x.shape) },
})

const wrongShape = (x: Shape, shape: Shape): Error =>
  new Error(`reshape: a shape of ${sizeOf(x)} elements expected for ${format(x)}, got ${format(shape)}`)

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
  reads: { x: [] },
  vjp: { x: ({ dz, inputs: { x } }) => unbroadcast(dz, x.shape) },
})
