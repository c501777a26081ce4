import { axes, flag, integer } from '../attrs.ts'
import type { OptionNames } from '../check.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import { broadcast, checkShape, format, type Shape, sameShape, sizeOf } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { div, mul, sub } from './arithmetic.ts'
import { type Along, type Axis, alongOptions, axesOf } from './axes.ts'
import { broadcastTo, reshape } from './movement.ts'

export interface ReduceOptions {
  /** The axes to reduce; default all of them. Negative axes count from the right. */
  axis?: Axis
  /** Leave the reduced axes as size 1. Default false. */
  keepDims?: boolean
}

type VarianceOptions = ReduceOptions & { correction?: number }

export const REDUCE = { axis: true, keepDims: true } as const satisfies OptionNames<ReduceOptions>
const VARIANCE = { ...REDUCE, correction: true } as const satisfies OptionNames<VarianceOptions>

export interface Axes {
  readonly axes: readonly number[]
  readonly keepDims: boolean
}

const signature = 'x[...] -> [...]'

/** z = the sum of x over `axis`.  x[...] -> [...] */
export const sum = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(sumOp, { x }, reduction('sum', x, axis, none))
export const sumOp = defineOp<'x', Axes>({
  name: 'sum',
  signature,
  equation: 'sum over axis of x',
  domain: { x: reals },
  attrs: { axes: axes('x'), keepDims: flag },
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
  sample: sampleAxes,
  shape: ({ x }, attrs) => reduced(x, attrs),
  forward: (k, { x }, { axes }, shape) => ({ ...k.reduce('sum', x, axes), shape }),
  vjp: { x: (dz, { x }, _, attrs) => spread(dz, x.shape, attrs) },
})

/** z = the mean of x over `axis`. Throws on no elements.  x[...] -> [...] */
export const mean = (x: Tensor, axis?: Along<ReduceOptions>, ...none: never[]): Tensor =>
  apply(meanOp, { x }, reduction('mean', x, axis, none))
export const meanOp = defineOp<'x', Axes>({
  name: 'mean',
  signature,
  equation: 'sum over axis of x / n',
  domain: { x: reals },
  attrs: { axes: axes('x'), keepDims: flag },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
      },
      attrs: { axes: [1], keepDims: true },
      z: [[1.5], [3.5]],
    },
  ],
  sample: sampleAxes,
  shape: ({ x }, attrs) => reduced(nonempty('mean', x, attrs), attrs),
  compose: ({ x }, { axes, keepDims }) => div(sum(x, { axis: axes, keepDims }), count(x.shape, axes)),
})

/**
 * z = sum over axis of (x - mean x)^2 / (n - correction). `correction` 0, NumPy's default, is the population's;
 * 1, PyTorch's default, the unbiased estimate.  x[...] -> [...]
 */
export function variance(x: Tensor, axis?: Along<VarianceOptions>, ...none: never[]): Tensor {
  const options = alongOptions('variance', axis, VARIANCE, none)
  const { correction = 0, keepDims = false } = options
  return apply(varianceOp, { x }, { axes: axesOf('variance', x, options.axis), keepDims, correction })
}
export const varianceOp = defineOp<'x', Axes & { correction: number }>({
  name: 'variance',
  signature,
  equation: 'sum over axis of (x - mean x)^2 / (n - correction)',
  domain: { x: reals },
  attrs: { axes: axes('x'), keepDims: flag, correction: integer(0) },
  examples: [{ inputs: { x: [1, 3] }, attrs: { axes: [0], keepDims: false, correction: 1 }, z: 2 }],
  sample: rng => {
    const { shapes, attrs } = sampleAxes(rng)
    return { shapes: { x: shapes.x.map(n => n + 1) }, attrs: { ...attrs, correction: rng.integer(0, 1) } }
  },
  shape({ x }, attrs) {
    if (count(x, attrs.axes) <= attrs.correction) {
      throw new Error(
        `variance: more than ${attrs.correction} elements expected, got ${count(x, attrs.axes)}`,
      )
    }
    return reduced(x, attrs)
  },
  compose({ x }, { axes, keepDims, correction }) {
    const d = sub(x, mean(x, { axis: axes, keepDims: true }))
    return div(sum(mul(d, d), { axis: axes, keepDims }), count(x.shape, axes) - correction)
  },
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

const count = (x: Shape, axes: readonly number[]): number => sizeOf(axes.map(i => x[i]))

export function nonempty(op: string, x: Shape, { axes }: Axes): Shape {
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
