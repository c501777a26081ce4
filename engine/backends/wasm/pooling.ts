import { sizeOf } from '../../shape.ts'
import type { Backend, NDArray, Window } from '../backend.ts'
import type { Core } from './core.ts'

type Kernels = Pick<Backend, 'maxPool2d' | 'maxPool2dGrad' | 'avgPool2d' | 'avgPool2dGrad'>

/** What a tap costs, in floating-point operations, memory traffic included. */
const WORK = 5

/** Pooling of NHWC, four channels at a time. */
export const pooling = (core: Core): Kernels => ({
  maxPool2d(v, x, g) {
    const [batch, , , channels] = x.shape
    const { array, at } = core.allocate([batch, ...g.output, channels], v.dtype)
    const { parts, place } = partsOf(batch, channels, g)
    withWindows(core, g, channels, ({ rows, columns, down, across }) => {
      const windows = [rows, columns, g.output[1], down, across] as const
      const data = [core.at(v), core.at(x), at, channels] as const
      core.threads.run('maxPool', parts, work(array, g), ...data, ...place, ...windows)
    })
    return array
  },

  maxPool2dGrad(dz, x, g) {
    const [batch, , , channels] = x.shape
    const { array, at } = core.allocate(x.shape, dz.dtype)
    withWindows(core, g, channels, ({ rows, columns, down, across }) => {
      const windows = [rows, g.output[0], columns, g.output[1], down, across] as const
      const data = [core.at(dz), core.at(x), at, channels, imageBytes(channels, g)] as const
      core.threads.run('maxPoolGrad', batch, 3 * work(dz, g), ...data, ...windows)
    })
    return array
  },

  avgPool2d(x, g) {
    const [batch, , , channels] = x.shape
    const { array, at } = core.allocate([batch, ...g.output, channels], x.dtype)
    const { parts, place } = partsOf(batch, channels, g)
    withWindows(core, g, channels, ({ rows, columns, down, across }) => {
      const windows = [rows, columns, g.output[1], down, across, sizeOf(g.kernel)] as const
      const data = [core.at(x), at, channels] as const
      core.threads.run('avgPool', parts, work(array, g), ...data, ...place, ...windows)
    })
    return array
  },

  avgPool2dGrad(dz, g) {
    const [batch, , , channels] = dz.shape
    const { array, at } = core.allocate([batch, ...g.input, channels], dz.dtype)
    withWindows(core, g, channels, ({ rows, columns, down, across }) => {
      const windows = [rows, g.output[0], columns, g.output[1], down, across, sizeOf(g.kernel)] as const
      const data = [core.at(dz), at, channels, imageBytes(channels, g)] as const
      core.threads.run('avgPoolGrad', batch, 2 * work(dz, g), ...data, ...windows)
    })
    return array
  },
})

const work = (z: NDArray, g: Window): number => sizeOf(z.shape) * sizeOf(g.kernel) * WORK

const imageBytes = (channels: number, { input }: Window): number => sizeOf(input) * channels * 4

interface Parts {
  readonly parts: number
  /** Bytes from a part's image to the next's, rows of z in a part, and how far parts' first rows lie apart. */
  readonly place: readonly [apart: number, perPart: number, rowStep: number]
}

/** What threads share: images, or the rows of z where there is one image. */
function partsOf(batch: number, channels: number, g: Window): Parts {
  const [height] = g.output
  if (batch === 1) return { parts: height, place: [0, 1, 1] }
  return { parts: batch, place: [imageBytes(channels, g), height, 0] }
}

interface Windows {
  /** Where the rows and the columns of windows are described, and how far taps lie apart in them, all in bytes. */
  readonly rows: number
  readonly columns: number
  readonly down: number
  readonly across: number
}

/** Describes the windows to the kernels while `f` runs. */
function withWindows(core: Core, g: Window, channels: number, f: (windows: Windows) => void): void {
  const pixel = channels * 4
  const line = g.input[1] * pixel
  const [height, width] = g.output
  core.temporary((height + width) * 8, rows => {
    const columns = rows + height * 8
    describe(core, g, 0, line, rows)
    describe(core, g, 1, pixel, columns)
    f({ rows, columns, down: g.dilation[0] * line, across: g.dilation[1] * pixel })
  })
}

/** Writes for each window along a side where its first tap on the image lies, in units of so many bytes, and how many do. */
function describe(core: Core, g: Window, side: 0 | 1, unit: number, at: number): void {
  const { output, input, kernel, stride, padding, dilation } = g
  const { ints } = core.pool
  for (let i = 0; i < output[side]; i++) {
    const start = i * stride[side] - padding[side]
    const first = Math.max(0, Math.ceil(-start / dilation[side]))
    const end = Math.min(kernel[side], Math.ceil((input[side] - start) / dilation[side]))
    ints[at / 4 + 2 * i] = (start + first * dilation[side]) * unit
    ints[at / 4 + 2 * i + 1] = Math.max(0, end - first)
  }
}
