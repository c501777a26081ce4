import { nonzero, reals } from '../domain.ts'
import { stopGradient } from '../grad.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import { normalizeAxis, type Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { exp } from './analytic.ts'
import { div, mul, sub } from './arithmetic.ts'
import { logSumExp, max } from './extremes.ts'
import { sum } from './reduce.ts'
import { lessEqual, where } from './select.ts'

interface Along {
  readonly axis: number
}

const signature = 'x[...] -> [...]'

/** z = e^x / sum over axis of e^x, without overflow; axis is the last by default.  x[...] -> [...] */
export const softmax = (x: Tensor, axis = -1): Tensor => apply(softmaxOp, { x }, along('softmax', x, axis))
export const softmaxOp = defineOp<'x', Along>({
  name: 'softmax',
  signature,
  equation: 'e^x / sum over axis of e^x',
  domain: { x: reals },
  examples: [{ inputs: { x: [1000, 1000] }, attrs: { axis: 0 }, z: [0.5, 0.5] }],
  sample,
  compose: ({ x }, { axis }) => exp(logSoftmax(x, axis)),
  fused: (k, { x }, { axis }) => (axis === x.shape.length - 1 ? k.softmax?.(x) : undefined),
  vjp: { x: (dz, _, z, { axis }) => mul(z, sub(dz, sum(mul(dz, z), { axis, keepDims: true }))) },
})

/** z = x - ln sum over axis of e^x; axis is the last by default.  x[...] -> [...] */
export const logSoftmax = (x: Tensor, axis = -1): Tensor =>
  apply(logSoftmaxOp, { x }, along('logSoftmax', x, axis))
export const logSoftmaxOp = defineOp<'x', Along>({
  name: 'logSoftmax',
  signature,
  equation: 'x - ln sum over axis of e^x',
  domain: { x: reals },
  examples: [{ inputs: { x: [1000, 1000] }, attrs: { axis: 0 }, z: [-Math.LN2, -Math.LN2] }],
  sample,
  compose({ x }, { axis }) {
    // Near 0 a difference keeps its digits; the result, and so its gradient, does not depend on what is taken off.
    const shifted = sub(x, stopGradient(max(x, { axis, keepDims: true })))
    return sub(shifted, logSumExp(shifted, { axis, keepDims: true }))
  },
})

/**
 * z = the Euclidean length of x along `axis` (default the last), which stays as size 1; no overflow. The gradient is
 * x / ‖x‖ at any length above 0; at 0 itself it is 0, in all orders.  x[...] -> [...]
 */
export const norm = (x: Tensor, axis = -1): Tensor => apply(normOp, { x }, along('norm', x, axis))
export const normOp = defineOp<'x', Along>({
  name: 'norm',
  signature,
  equation: 'sqrt(sum over axis of x^2)',
  domain: { x: nonzero },
  examples: [
    { inputs: { x: [3e200, 4e200] }, attrs: { axis: 0 }, z: [5e200] },
    { inputs: { x: [0, 0] }, attrs: { axis: 0 }, z: [0], grads: { x: [0, 0] } },
  ],
  sample,
  shape: ({ x }, { axis }) => x.map((n, i) => (i === axis ? 1 : n)),
  forward: (k, { x }, { axis }) => k.reduce('norm', x, [axis]),
  vjp: { x: (dz, { x }, z) => mul(dz, over(x, z, 0)) },
})

/**
 * z = x / ‖x‖ along `axis` (default the last). A vector no longer than `eps` (default 1e-12) has no direction: it
 * gives 0, with gradient 0.  x[...] -> [...]
 */
export const normalize = (x: Tensor, { axis = -1, eps = 1e-12 } = {}): Tensor =>
  apply(normalizeOp, { x }, { eps, ...along('normalize', x, axis) })
export const normalizeOp = defineOp<'x', Along & { eps: number }>({
  name: 'normalize',
  signature,
  equation: 'x / ‖x‖',
  domain: { x: nonzero },
  examples: [
    {
      inputs: {
        x: [
          [3, 4],
          [0, 0],
        ],
      },
      attrs: { axis: 1, eps: 1e-12 },
      z: [
        [0.6, 0.8],
        [0, 0],
      ],
    },
    { inputs: { x: [0, 0] }, attrs: { axis: 0, eps: 1e-12 }, z: [0, 0], grads: { x: [0, 0] } },
  ],
  sample(rng) {
    const { shapes, attrs } = sample(rng)
    const x = shapes.x.map((n, i) => (i === attrs.axis ? n + 1 : n))
    return { shapes: { x }, attrs: { ...attrs, eps: 1e-12 } }
  },
  compose: ({ x }, { axis, eps }) => over(x, norm(x, axis), eps),
  vjp: {
    x: (dz, { x }, z, { axis, eps }) =>
      over(sub(dz, mul(z, sum(mul(dz, z), { axis, keepDims: true }))), norm(x, axis), eps),
  },
})

/** y / length, and where length <= eps 0, and so all derivatives: 1 stands for such a length, as 1 / 0 would outlive the 0. */
function over(y: Tensor, length: Tensor, eps: number): Tensor {
  const none = lessEqual(length, eps)
  return mul(div(y, where(none, 1, length)), sub(1, none))
}

const along = (op: string, x: Tensor, axis: number): Along => ({ axis: normalizeAxis(op, axis, x.rank) })

function sample(rng: Generator): { shapes: { x: Shape }; attrs: Along } {
  const x = [rng.integer(1, 4), rng.integer(1, 4)]
  return { shapes: { x }, attrs: { axis: rng.integer(0, 1) } }
}
