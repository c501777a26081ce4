import { axes, flag } from '../attrs.ts'
import { type OptionNames, refusal } from '../check.ts'
import { nonzero, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import type { Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { abs } from './activation.ts'
import { exp } from './analytic.ts'
import { div, mul, stopGradient, sub } from './arithmetic.ts'
import { type Along, type AxisOptions, alongOptions, axesOf } from './axes.ts'
import { logSumExp, max } from './extremes.ts'
import { keep, REDUCE, type Axes as Reduced, type ReduceOptions, reduced, sum } from './reduce.ts'
import { lessEqual, where } from './select.ts'

export interface Axes {
  readonly axes: readonly number[]
}

const AXIS = { axis: true } as const satisfies OptionNames<AxisOptions>

const signature = 'x[...] -> [...]'

/** z = e^x / sum over axis of e^x, without overflow; axis, or axes, the last by default.  x[...] -> [...] */
export const softmax = (x: Tensor, axis?: Along<AxisOptions>, ...none: never[]): Tensor =>
  apply(softmaxOp, { x }, along('softmax', x, axis, none))
export const softmaxOp = defineOp<'x', Axes>({
  name: 'softmax',
  signature,
  equation: 'e^x / sum over axis of e^x',
  domain: { x: reals },
  attrs: { axes: axes('x') },
  examples: [{ inputs: { x: [1000, 1000] }, attrs: { axes: [0] }, z: [0.5, 0.5] }],
  sample,
  compose: ({ x }, { axes }) => exp(logSoftmax(x, axes)),
  fused: (k, { x }, { axes }) => (isLast(x.shape, axes) ? k.softmax?.(x) : undefined),
  reads: { x: ['->'] },
  vjp: {
    x: ({ dz, z, attrs: { axes } }) => mul(z, sub(dz, sum(mul(dz, z), { axis: axes, keepDims: true }))),
  },
})

/** z = x - ln sum over axis of e^x; axis, or axes, the last by default.  x[...] -> [...] */
export const logSoftmax = (x: Tensor, axis?: Along<AxisOptions>, ...none: never[]): Tensor =>
  apply(logSoftmaxOp, { x }, along('logSoftmax', x, axis, none))
export const logSoftmaxOp = defineOp<'x', Axes>({
  name: 'logSoftmax',
  signature,
  equation: 'x - ln sum over axis of e^x',
  domain: { x: reals },
  attrs: { axes: axes('x') },
  examples: [{ inputs: { x: [1000, 1000] }, attrs: { axes: [0] }, z: [-Math.LN2, -Math.LN2] }],
  sample,
  compose({ x }, { axes }) {
    // There is nothing to be the largest of.
    if (x.size === 0) return x
    // Near 0 a difference keeps its digits; the result, and so its gradient, does not depend on what is taken off.
    const shifted = sub(x, stopGradient(max(x, { axis: axes, keepDims: true })))
    return sub(shifted, logSumExp(shifted, { axis: axes, keepDims: true }))
  },
})

type NormOptions = ReduceOptions & { ord?: number }

const NORM = { ...REDUCE, ord: ['p', 'order'] } as const satisfies OptionNames<NormOptions>

/**
 * z = the length of x over `axis` (default all of them), as torch.linalg.vector_norm: `ord` 2, the default, is the
 * Euclidean one, without overflow; 1 the sum and Infinity the largest of |x|. The Euclidean one's gradient is x / ‖x‖ at
 * any length above 0; at 0 itself it is 0, in all orders.  x[...] -> [...]
 */
export function norm(x: Tensor, axis?: Along<NormOptions>, ...none: never[]): Tensor {
  const { ord = 2, ...options } = alongOptions('norm', axis, NORM, none)
  const attrs = { axes: axesOf('norm', x, options.axis), keepDims: options.keepDims ?? false }
  if (ord === 2) return apply(normOp, { x }, attrs)
  if (ord !== 1 && ord !== Infinity) throw refusal('norm', 'ord 1, 2 or Infinity', ord)
  const over = { axis: attrs.axes, keepDims: attrs.keepDims }
  return ord === 1 ? sum(abs(x), over) : max(abs(x), over)
}
export const normOp = defineOp<'x', Reduced>({
  name: 'norm',
  signature,
  equation: 'sqrt(sum over axis of x^2)',
  domain: { x: nonzero },
  attrs: { axes: axes('x'), keepDims: flag },
  examples: [
    { inputs: { x: [3e200, 4e200] }, attrs: { axes: [0], keepDims: true }, z: [5e200] },
    { inputs: { x: [0, 0] }, attrs: { axes: [0], keepDims: false }, z: 0, grads: { x: [0, 0] } },
  ],
  sample(rng) {
    const { shapes, attrs } = sample(rng)
    return { shapes, attrs: { ...attrs, keepDims: rng.uniform() < 0.5 } }
  },
  shape: ({ x }, attrs) => reduced(x, attrs),
  forward: (k, { x }, { axes }, shape) => k.reduce('norm', x, axes, shape),
  reads: { x: ['x', '->'] },
  vjp: {
    x: ({ dz, inputs: { x }, z, attrs }) =>
      mul(keep(dz, x.shape, attrs), over(x, keep(z, x.shape, attrs), 0)),
  },
})

/** y / length, and where length <= eps 0, and so all derivatives: 1 stands for such a length, as 1 / 0 would outlive the 0. */
export function over(y: Tensor, length: Tensor, eps: number): Tensor {
  const none = lessEqual(length, eps)
  return mul(div(y, where(none, 1, length)), sub(1, none))
}

/** The axes to go along, the last one by default. */
const along = (
  op: string,
  x: Tensor,
  given: Along<AxisOptions> | undefined,
  surplus: readonly unknown[],
): Axes => ({
  axes: axesOf(op, x, alongOptions(op, given, AXIS, surplus).axis, -1),
})

export const isLast = (x: Shape, axes: readonly number[]): boolean =>
  axes.length === 1 && axes[0] === x.length - 1

export function sample(rng: Generator): { shapes: { x: Shape }; attrs: Axes } {
  const x = [rng.integer(1, 4), rng.integer(1, 4), rng.integer(1, 2)]
  const axes = [[0], [1], [2], [0, 1], [0, 2]]
  return { shapes: { x }, attrs: { axes: axes[rng.integer(0, 4)] } }
}
