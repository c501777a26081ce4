import type { Backend, Convolution } from '../backend.ts'
import type { Core } from './core.ts'
import { correlate } from './correlate.ts'
import { forwardTaps, phasesOf, phaseTaps } from './window.ts'

/**
 * Convolutions as matrix products without a matrix of patches: in NHWC the channels of a window's row lie side by side,
 * so the tile's inner loop runs over them in place. The adjoint in x is a convolution too, one for each phase of the
 * stride.
 */
export const convolution = (core: Core): Pick<Backend, 'conv2d' | 'conv2dInput'> => ({
  conv2d(x, w, g, bias) {
    const [rows, columns] = g.output
    const { array, at: z } = core.allocate([g.batch, rows, columns, g.outChannels], x.dtype)
    const [groupIn, groupOut] = perGroup(g)
    const pixel = g.outChannels * 4
    correlate(core, g, {
      ...{ x: core.at(x), height: g.input[0], width: g.input[1], channels: g.inChannels, step: g.stride },
      phases: [{ taps: forwardTaps(g), rows, columns, z }],
      weights: { at: core.at(w), tap: groupIn * pixel, group: groupOut * 4, row: pixel, column: 4 },
      bias: bias === undefined ? undefined : core.at(bias),
      ...{ groupIn, groupOut, zImage: rows * columns * pixel, zRow: columns * pixel, zColumn: pixel },
    })
    return array
  },

  conv2dInput(dz, w, g) {
    const [height, width] = g.input
    const { array, at: dx } = core.allocate([g.batch, height, width, g.inChannels], dz.dtype)
    const [groupIn, groupOut] = perGroup(g)
    const pixel = g.inChannels * 4
    correlate(core, g, {
      ...{ x: core.at(dz), height: g.output[0], width: g.output[1], channels: g.outChannels, step: [1, 1] },
      phases: phasesOf(g).map(([ph, pw]) => ({
        taps: phaseTaps(g, ph, pw),
        rows: Math.ceil((height - ph) / g.stride[0]),
        columns: Math.ceil((width - pw) / g.stride[1]),
        z: dx + (ph * width + pw) * pixel,
      })),
      weights: {
        ...{ at: core.at(w), tap: groupIn * g.outChannels * 4, group: groupOut * 4 },
        ...{ row: 4, column: g.outChannels * 4 },
      },
      ...{ groupIn: groupOut, groupOut: groupIn, zImage: height * width * pixel },
      ...{ zRow: g.stride[0] * width * pixel, zColumn: g.stride[1] * pixel },
    })
    return array
  },
})

const perGroup = (g: Convolution): [number, number] => [g.inChannels / g.groups, g.outChannels / g.groups]
