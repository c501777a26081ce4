import type { Shape } from '../../shape.ts'
import type { Backend, Window } from '../backend.ts'
import { type Core, cellOf } from './core.ts'
import { turnsOf } from './program.ts'
import { AVERAGE, AVERAGE_GRAD, LARGEST, MAX, MAX_GRAD, reach, sizes } from './windows.ts'

type Kernels = Pick<Backend, 'maxPool2d' | 'maxPool2dGrad' | 'avgPool2d' | 'avgPool2dGrad'>

/** Pooling of NHWC. An adjoint gathers, for each place, from the windows that hold it. */
export const pooling = (core: Core): Kernels => ({
  maxPool2d(v, x, g) {
    grantWindow(core, 'maxPool2d', g)
    return core.run(MAX, output(x.shape, g), v.dtype, [v, x, ...sizes(g, x.shape[3]), Number.NaN])
  },

  maxPool2dGrad(dz, x, g) {
    grantWindow(core, 'maxPool2dGrad', g)
    const geometry = sizes(g, x.shape[3])
    const largest = cellOf(core.run(LARGEST, dz.shape, 'float32', [x, ...geometry]))
    return core.using([largest], () =>
      core.run(MAX_GRAD, x.shape, dz.dtype, [dz, largest, ...reach(g), ...geometry]),
    )
  },

  avgPool2d(x, g) {
    grantWindow(core, 'avgPool2d', g)
    return core.run(AVERAGE, output(x.shape, g), x.dtype, [x, ...sizes(g, x.shape[3])])
  },

  avgPool2dGrad(dz, g) {
    grantWindow(core, 'avgPool2dGrad', g)
    const [batch, , , channels] = dz.shape
    const shape = [batch, ...g.input, channels]
    return core.run(AVERAGE_GRAD, shape, dz.dtype, [dz, ...reach(g), ...sizes(g, channels)])
  },
})

const output = (x: Shape, g: Window): Shape => [x[0], ...g.output, x[3]]

/** A thread goes through a window, or through at most as many that hold a place. */
const grantWindow = (core: Core, op: string, { kernel }: Window): void =>
  core.device.grant(op, turnsOf(kernel[0], turnsOf(kernel[1])))
