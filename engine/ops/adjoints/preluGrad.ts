import { sizes } from '../../attrs.ts'
import { awayFrom, reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import { broadcast, format, type Shape, sameShape, sizeOf } from '../../shape.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { mul } from '../arithmetic.ts'
import { broadcastTo, unbroadcast } from '../reduce.ts'
import { greater, where } from '../select.ts'
import { sampleShape } from './channels.ts'

/** z = y where x > 0, else slope y: prelu's gradient in x.  y[...] x[...] slope[...] -> [...] */
export const preluGrad = (y: Tensor, x: Tensor, slope: Tensor): Tensor => apply(preluGradOp, { y, x, slope })
export const preluGradOp: OpSpec<'y' | 'x' | 'slope'> = defineOp<'y' | 'x' | 'slope'>({
  name: 'preluGrad',
  signature: 'y[...] x[...] slope[...] -> [...]',
  equation: 'x > 0 ? y : slope y',
  domain: { y: reals, x: awayFrom(0), slope: reals },
  examples: [
    {
      inputs: { y: [4, 5, 6], x: [-1, 0, 2], slope: 0.5 },
      z: [2, 2.5, 6],
      grads: { y: [0.5, 0.5, 1], slope: 9 },
    },
  ],
  compose: ({ y, x, slope }) => where(greater(x, 0), y, mul(y, slope)),
  fused: (k, { y, x, slope }) =>
    sameShape(y.shape, x.shape) && byChannel(slope.shape, x.shape) ? k.preluGrad?.(y, x, slope) : undefined,
  reads: { y: ['x', 'slope'], x: [], slope: ['y', 'x'] },
  vjp: {
    y: ({ dz, inputs: { y, x, slope } }) => unbroadcast(preluGrad(dz, x, slope), y.shape),
    x: 'nondifferentiable',
    slope: ({ dz, inputs: { y, x, slope } }) => unbroadcast(where(greater(x, 0), 0, mul(dz, y)), slope.shape),
  },
})

/** The sums of y min(x, 0) over the axes along which `shape` broadcasts to y's: prelu's gradient in slope.  y[...] x[...] -> shape */
export const preluSlopeGrad = (y: Tensor, x: Tensor, shape: Shape): Tensor =>
  apply(preluSlopeGradOp, { y, x }, { shape })
export const preluSlopeGradOp = defineOp<'y' | 'x', { shape: Shape }>({
  name: 'preluSlopeGrad',
  signature: 'y[...] x[...] -> [...]',
  equation: 'sum of x > 0 ? 0 : y x',
  domain: { y: reals, x: awayFrom(0) },
  attrs: { shape: sizes },
  examples: [
    {
      inputs: {
        y: [
          [1, 2],
          [3, 4],
        ],
        x: [
          [-5, 6],
          [-7, 0],
        ],
      },
      attrs: { shape: [2] },
      z: [-26, 0],
      grads: {
        y: [
          [-5, 0],
          [-7, 0],
        ],
        x: [
          [1, 0],
          [3, 4],
        ],
      },
    },
  ],
  sample(rng) {
    const y = sampleShape(rng)
    const some = () => y.map(n => (rng.uniform() < 0.3 ? 1 : n))
    const shape = rng.uniform() < 0.5 ? y.slice(-1) : some()
    return { shapes: { y, x: rng.uniform() < 0.5 ? y : some() }, attrs: { shape } }
  },
  shape({ y, x }, { shape }) {
    const whole = broadcast('preluSlopeGrad', broadcast('preluSlopeGrad', y, x), shape)
    if (!sameShape(whole, y)) {
      throw new Error(`preluSlopeGrad: y${format(whole)} expected, got y${format(y)}`)
    }
    return shape
  },
  compose: ({ y, x }, { shape }) => unbroadcast(where(greater(x, 0), 0, mul(y, x)), shape),
  fused: (k, { y, x }, { shape }) =>
    sameShape(y.shape, x.shape) && byChannel(shape, x.shape) ? k.preluSlopeGrad?.(y, x, shape) : undefined,
  reads: { y: ['x'], x: ['y', 'x'] },
  vjp: {
    y: ({ dz, inputs: { y, x } }) => broadcastTo(mul(dz, where(greater(x, 0), 0, x)), y.shape),
    x: ({ dz, inputs: { y, x } }) => unbroadcast(where(greater(x, 0), 0, mul(dz, y)), x.shape),
  },
})

/** Is there one slope for all, or one for each place of the last axis? */
const byChannel = (slope: Shape, x: Shape): boolean =>
  x.length > 0 && slope.length <= x.length && (sizeOf(slope) === 1 || sameShape(slope, x.slice(-1)))
