import { sizeOf } from '../../shape.ts'
import type { Backend, NDArray, Window } from '../backend.ts'
import type { Core } from './core.ts'

type Kernels = Pick<Backend, 'maxPool2d' | 'maxPool2dInput' | 'avgPool2d' | 'avgPool2dInput'>

/** What a tap costs, in floating-point operations, memory traffic included. */
const WORK = 5

/** Pooling of NHWC, four channels at a time. */
export const pooling = (core: Core): Kernels => ({
  maxPool2d(v, x, g) {
    const { array, at } = core.allocate([x.shape[0], ...g.output, x.shape[3]], v.dtype)
    const { parts, place } = partsOf(x, g)
    core.threads.run('maxPool', parts, work(array, g), core.at(v), core.at(x), at, ...place, ...sizes(g))
    return array
  },

  maxPool2dInput(dz, x, g) {
    const { array, at } = core.allocate(x.shape, dz.dtype)
    const [batch, , , channels] = x.shape
    const place = [...g.output, ...g.input, channels] as const
    core.threads.run(
      'maxPoolInput',
      batch,
      3 * work(dz, g),
      core.at(dz),
      core.at(x),
      at,
      ...place,
      ...sizes(g),
    )
    return array
  },

  avgPool2d(x, g) {
    const { array, at } = core.allocate([x.shape[0], ...g.output, x.shape[3]], x.dtype)
    const { parts, place } = partsOf(x, g)
    core.threads.run('avgPool', parts, work(array, g), core.at(x), at, ...place, ...sizes(g))
    return array
  },

  avgPool2dInput(dz, g) {
    const [batch, , , channels] = dz.shape
    const { array, at } = core.allocate([batch, ...g.input, channels], dz.dtype)
    const place = [...g.output, ...g.input, channels] as const
    core.threads.run('avgPoolInput', batch, 2 * work(dz, g), core.at(dz), at, ...place, ...sizes(g))
    return array
  },
})

const work = (z: NDArray, g: Window): number => sizeOf(z.shape) * sizeOf(g.kernel) * WORK

const sizes = (g: Window) => [...g.kernel, ...g.stride, ...g.padding, ...g.dilation] as const

/** What threads share: images, or the rows of z where there is one image. */
function partsOf(x: NDArray, { input, output }: Window) {
  const [batch, , , channels] = x.shape
  const one = batch === 1
  const [rows, pStep] = one ? [1, 1] : [output[0], 0]
  const apart = one ? 0 : sizeOf(input) * channels * 4
  return {
    parts: one ? output[0] : batch,
    place: [rows, pStep, apart, ...input, channels, output[1]] as const,
  }
}
