import { sizeOf } from '../../shape.ts'
import type { Backend, NDArray, Window } from '../backend.ts'
import type { Context } from './context.ts'
import { elementwise } from './elementwise.ts'
import { movement } from './movement.ts'

/** The most windows over one place whose gradients are added in one chain: each addition rounds. */
const MOST = 512
/** What a tap costs, in floating-point operations, memory traffic included. */
const WORK = 5

/** Pooling of NHWC, four channels at a time. */
export const pooling = (context: Context) =>
  ({
    maxPool2d(v, x, g) {
      const [batch, , , channels] = x.shape
      const { array, at } = context.storage.allocate([batch, ...g.output, channels], v.dtype)
      const { units, split } = unitsOf(batch, channels, g)
      withWindows(context, g, channels, ({ rows, columns, down, across }) => {
        const windows = [rows, columns, g.output[1], down, across] as const
        const data = [context.storage.at(v), context.storage.at(x), at, channels] as const
        context.threads.run('maxPool', units, work(array, g), ...data, ...split, ...windows)
      })
      return array
    },

    avgPool2d(x, g) {
      const [batch, , , channels] = x.shape
      const { array, at } = context.storage.allocate([batch, ...g.output, channels], x.dtype)
      const { units, split } = unitsOf(batch, channels, g)
      withWindows(context, g, channels, ({ rows, columns, down, across }) => {
        const windows = [rows, columns, g.output[1], down, across, sizeOf(g.kernel)] as const
        const data = [context.storage.at(x), at, channels] as const
        context.threads.run('avgPool', units, work(array, g), ...data, ...split, ...windows)
      })
      return array
    },

    ...adjoints(context),
  }) satisfies Partial<Backend>

/** How many windows, at most, hold a place along a side. */
const reach = ({ kernel, dilation, stride, output }: Window, side: 0 | 1): number =>
  Math.min(output[side], Math.floor(((kernel[side] - 1) * dilation[side]) / stride[side]) + 1)

/** The adjoints of pooling: in parts where very many windows overlap. */
function adjoints(context: Context) {
  const [plain, { binary }, { slice }] = [plainAdjoints(context), elementwise(context), movement(context)]
  const fits = (g: Window): boolean => reach(g, 0) * reach(g, 1) <= MOST
  const using = <T>(xs: readonly NDArray[], z: T): T => {
    for (const { buffer } of xs) context.storage.free(buffer)
    return z
  }
  return {
    // A mean over a window is one along its columns of those along its rows.
    avgPool2dGrad(dz, g) {
      if (fits(g)) return plain.avgPool2dGrad(dz, g)
      const lines = plain.avgPool2dGrad(dz, side(g, 0))
      return using([lines], plain.avgPool2dGrad(lines, side(g, 1)))
    },

    // Rows of windows, so many at a time.
    maxPool2dGrad(dz, x, g) {
      const [height, width] = g.output
      const rows = Math.max(1, Math.floor(MOST / reach(g, 1)))
      if (fits(g) || height <= rows) return plain.maxPool2dGrad(dz, x, g)
      const [batch, , , channels] = dz.shape
      const part = (first: number): NDArray => {
        const count = Math.min(rows, height - first)
        const some = slice(dz, [0, first, 0, 0], [1, 1, 1, 1], [batch, count, width, channels])
        const padding = [g.padding[0] - first * g.stride[0], g.padding[1]] as const
        return using([some], plain.maxPool2dGrad(some, x, { ...g, padding, output: [count, width] }))
      }
      let dx = part(0)
      for (let first = rows; first < height; first += rows) {
        const more = part(first)
        dx = using([dx, more], binary('add', dx, more, x.shape))
      }
      return dx
    },
  } satisfies Partial<Backend>
}

const plainAdjoints = (context: Context) =>
  ({
    maxPool2dGrad(dz, x, g) {
      const [batch, , , channels] = x.shape
      const { array, at } = context.storage.allocate(x.shape, dz.dtype)
      withWindows(context, g, channels, ({ rows, columns, down, across }) => {
        const windows = [rows, g.output[0], columns, g.output[1], down, across] as const
        const data = [
          context.storage.at(dz),
          context.storage.at(x),
          at,
          channels,
          imageBytes(channels, g),
        ] as const
        context.threads.run('maxPoolGrad', batch, 3 * work(dz, g), ...data, ...windows)
      })
      return array
    },

    avgPool2dGrad(dz, g) {
      const [batch, , , channels] = dz.shape
      const { array, at } = context.storage.allocate([batch, ...g.input, channels], dz.dtype)
      withWindows(context, g, channels, ({ rows, columns, down, across }) => {
        const windows = [rows, g.output[0], columns, g.output[1], down, across, sizeOf(g.kernel)] as const
        const data = [context.storage.at(dz), at, channels, imageBytes(channels, g)] as const
        context.threads.run('avgPoolGrad', batch, 2 * work(dz, g), ...data, ...windows)
      })
      return array
    },
  }) satisfies Partial<Backend>

const work = (z: NDArray, g: Window): number => sizeOf(z.shape) * sizeOf(g.kernel) * WORK

const imageBytes = (channels: number, { input }: Window): number => sizeOf(input) * channels * 4

interface Units {
  readonly units: number
  /** Bytes from a unit's image to the next's, rows of z in a unit, and how far units' first rows lie apart. */
  readonly split: readonly [apart: number, perPart: number, rowStep: number]
}

/** What threads share: images, or the rows of z where there is one image. */
function unitsOf(batch: number, channels: number, g: Window): Units {
  const [height] = g.output
  if (batch === 1) return { units: height, split: [0, 1, 1] }
  return { units: batch, split: [imageBytes(channels, g), height, 0] }
}

interface Windows {
  /** Where the rows and the columns of windows are described, and how far taps lie apart in them, all in bytes. */
  readonly rows: number
  readonly columns: number
  readonly down: number
  readonly across: number
}

/** Describes the windows to the kernels while `f` runs. */
function withWindows(context: Context, g: Window, channels: number, f: (windows: Windows) => void): void {
  const pixel = channels * 4
  const line = g.input[1] * pixel
  const [height, width] = g.output
  context.memory.temporary((height + width) * 8, rows => {
    const columns = rows + height * 8
    describe(context, g, 0, line, rows)
    describe(context, g, 1, pixel, columns)
    f({ rows, columns, down: g.dilation[0] * line, across: g.dilation[1] * pixel })
  })
}

/** Writes for each window along a side where its first tap on the image lies, in units of so many bytes, and how many do. */
function describe(context: Context, g: Window, side: 0 | 1, unit: number, at: number): void {
  const { output, input, kernel, stride, padding, dilation } = g
  const { ints } = context.memory
  for (let i = 0; i < output[side]; i++) {
    const start = i * stride[side] - padding[side]
    const first = Math.max(0, Math.ceil(-start / dilation[side]))
    const end = Math.min(kernel[side], Math.ceil((input[side] - start) / dilation[side]))
    ints[at / 4 + 2 * i] = (start + first * dilation[side]) * unit
    ints[at / 4 + 2 * i + 1] = Math.max(0, end - first)
  }
}

/** The window along one side; the other is, of the first, as it comes out, and of the second, as it goes in. */
function side(g: Window, which: 0 | 1): Window {
  const pick = <T>(own: readonly [T, T], other: T): [T, T] =>
    which === 0 ? [own[0], other] : [other, own[1]]
  return {
    kernel: pick(g.kernel, 1),
    stride: pick(g.stride, 1),
    padding: pick(g.padding, 0),
    dilation: pick(g.dilation, 1),
    input: which === 0 ? [g.input[0], g.output[1]] : g.input,
    output: which === 0 ? g.output : [g.input[0], g.output[1]],
  }
}
