import type { Backend, Convolution } from '../backend.ts'
import type { Core } from './core.ts'
import { bandRowsOf, copyOf, offsetIn, type Tap } from './window.ts'

type Kernels = Pick<Backend, 'conv2d' | 'conv2dInput' | 'conv2dWeight'>

/** Columns of a panel of weights or of dz. */
const WIDTH = 16
/** Bytes of input that a band copies: what a core's second cache holds beside the weights. */
const COPY = 2 ** 17
/** Columns of dz and places that the gradient of the weights takes at a time. */
const BLOCK = 128
const PLACES = 512
/** Parts that the gradient of the weights is summed in, at least: enough for the threads. */
const PARTS = 8

/**
 * Convolutions as matrix products without a matrix of patches: in NHWC the channels of a window's row lie side by side,
 * so the tile's inner loop runs over them in place. The adjoint in x is a convolution too, one for each phase of the
 * stride; the adjoint in w sums over places.
 */
export const convolution = (core: Core): Kernels => ({
  conv2d(x, w, g) {
    const [rows, columns] = g.output
    const { array, at: z } = core.allocate([g.batch, rows, columns, g.outChannels], x.dtype)
    const [groupIn, groupOut] = perGroup(g)
    const weights = core.at(w)
    correlate(core, g, {
      ...{ x: core.at(x), height: g.input[0], width: g.input[1], channels: g.inChannels },
      ...{ taps: forwardTaps(g), step: g.stride, rows, columns, groupIn, groupOut },
      weights: (tap, group) => ({
        at: weights + (tap * groupIn * g.outChannels + group * groupOut) * 4,
        row: g.outChannels * 4,
        column: 4,
      }),
      ...{ z, zImage: rows * columns * g.outChannels * 4, zRow: columns * g.outChannels * 4 },
      zColumn: g.outChannels * 4,
    })
    return array
  },

  conv2dInput(dz, w, g) {
    const [height, width] = g.input
    const { array, at: dx } = core.allocate([g.batch, height, width, g.inChannels], dz.dtype)
    const [groupIn, groupOut] = perGroup(g)
    const [from, weights] = [core.at(dz), core.at(w)]
    const pixel = g.inChannels * 4
    for (const [ph, pw] of phases(g)) {
      correlate(core, g, {
        ...{ x: from, height: g.output[0], width: g.output[1], channels: g.outChannels },
        ...{ taps: phaseTaps(g, ph, pw), step: [1, 1], groupIn: groupOut, groupOut: groupIn },
        rows: Math.ceil((height - ph) / g.stride[0]),
        columns: Math.ceil((width - pw) / g.stride[1]),
        weights: (tap, group) => ({
          at: weights + (tap * groupIn * g.outChannels + group * groupOut) * 4,
          row: 4,
          column: g.outChannels * 4,
        }),
        ...{ z: dx + (ph * width + pw) * pixel, zImage: height * width * pixel },
        ...{ zRow: g.stride[0] * width * pixel, zColumn: g.stride[1] * pixel },
      })
    }
    return array
  },

  conv2dWeight(x, dz, g) {
    const [groupIn, groupOut] = perGroup(g)
    const { array, at: dw } = core.allocate([...g.kernel, groupIn, g.outChannels], x.dtype)
    const [rows, columns] = g.output
    const [taps, pixel] = [forwardTaps(g), g.inChannels * 4]
    const k = taps.length * groupIn
    const images = Math.min(g.batch, Math.max(1, Math.floor(PLACES / (rows * columns))))
    const bandRows = Math.min(rows, Math.max(1, Math.floor(PLACES / columns)))
    const bands = Math.ceil(rows / bandRows)
    const bandPlaces = images * bandRows * columns
    const copied = copyOf({ taps, step: g.stride, columns }, bandRows)
    const segments = segmentsOf(
      taps.map(tap => offsetIn(copied, tap, pixel)),
      groupIn,
    )
    const groupBlocks = Math.ceil(groupOut / BLOCK)
    const blocks = groupBlocks * g.groups
    // Each slice of the bands has a sum of its own, and the slices do not depend on the number of threads.
    const allBands = Math.ceil(g.batch / images) * bands
    const sliceBands = Math.ceil(allBands / Math.max(1, Math.ceil(PARTS / blocks)))
    const slices = Math.ceil(allBands / sliceBands)
    const kBytes = Math.ceil(k / 2) * 128
    const unitBytes = Math.ceil(Math.min(BLOCK, groupOut) / WIDTH) * kBytes
    const [xs, dzs] = [core.at(x), core.at(dz)]
    core.temporary(slices * blocks * unitBytes, sums =>
      core.temporary(segments.length * 4, table => {
        core.pool.ints.set(segments, table / 4)
        const { top, left, rows: copyRows, columns: copyColumns } = copied
        const scratch = 64 + bandPlaces * 64 * 9 + images * copyRows * copyColumns * pixel
        const work = 2 * g.batch * rows * columns * k * g.outChannels
        core.threads.runWithScratch(
          ...(['weightGradient', slices * blocks, work, scratch] as const),
          ...([xs, ...g.input, pixel, g.batch, images, bands, bandRows, bandPlaces] as const),
          ...([top, left, copyRows, copyColumns, dzs, rows, columns, ...g.stride, g.outChannels] as const),
          ...([table, k, groupIn, groupOut, groupBlocks, blocks, allBands, sliceBands] as const),
          ...([sums, unitBytes] as const),
        )
        const length = slices * k * g.outChannels
        core.threads.run(
          ...(['sumSlices', k, length, sums, slices, blocks, unitBytes, kBytes] as const),
          ...([groupOut, g.outChannels, dw] as const),
        )
      }),
    )
    return array
  },
})

/** Where the lanes of each panel of 16 k's lie in a copy, as the kernel `weightGradient` wants it. */
function segmentsOf(offsets: readonly number[], groupIn: number): number[] {
  const rows: number[] = []
  const end = offsets.length * groupIn
  for (let k = 0; k < end; ) {
    const at = (i: number): number => offsets[Math.floor(i / groupIn)] + (i % groupIn) * 4
    let lanes = 1
    while (k + lanes < end && (k + lanes) % WIDTH !== 0 && at(k + lanes) === at(k) + lanes * 4) lanes++
    const last = (k + lanes) % WIDTH === 0 || k + lanes === end
    rows.push(at(k), k % WIDTH, lanes, last ? 0 : 1)
    k += lanes
  }
  return rows
}

interface Correlation {
  readonly x: number
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly taps: readonly Tap[]
  readonly step: readonly [number, number]
  readonly rows: number
  readonly columns: number
  readonly groupIn: number
  readonly groupOut: number
  /** The matrix [groupIn,groupOut] of a tap. */
  weights(tap: number, group: number): { at: number; row: number; column: number }
  readonly z: number
  readonly zImage: number
  readonly zRow: number
  readonly zColumn: number
}

function correlate(core: Core, { batch, groups }: Convolution, c: Correlation): void {
  if (c.rows <= 0 || c.columns <= 0) return
  const pixel = c.channels * 4
  // A phase without taps is a sum of nothing.
  const taps = c.taps.length > 0 ? c.taps : [{ row: 0, column: 0, index: 0 }]
  const bandRows = bandRowsOf({ ...c, taps }, COPY / pixel)
  const bands = Math.ceil(c.rows / bandRows)
  const copied = copyOf({ ...c, taps }, bandRows)
  const { top, left, rows: copyRows, columns: copyColumns } = copied
  const runs =
    c.taps.length === 0
      ? []
      : runsOf(
          c.taps.map(tap => offsetIn(copied, tap, pixel)),
          c.groupIn,
        )
  const groupPanels = Math.ceil(c.groupOut / WIDTH)
  const k = c.taps.length * c.groupIn
  const pitch = k * 64
  core.temporary(groups * groupPanels * pitch, panels =>
    core.temporary(runs.length * 4, table => {
      core.pool.ints.set(runs, table / 4)
      for (let group = 0; group < groups; group++) {
        c.taps.forEach(({ index }, t) => {
          const { at, row, column } = c.weights(index, group)
          const to = panels + group * groupPanels * pitch + t * c.groupIn * 64
          core.threads.kernels.packPanels(0, groupPanels, at, c.groupIn, c.groupOut, row, column, to, pitch)
        })
      }
      const work = 2 * batch * c.rows * c.columns * k * c.groupOut * groups
      core.threads.runWithScratch(
        ...(['correlate', batch * bands, work, copyRows * copyColumns * pixel + 128] as const),
        ...([c.x, c.height, c.width, pixel, bands, bandRows, top, left, copyRows, copyColumns] as const),
        ...([c.rows, c.columns, ...c.step, table, runs.length / 2, panels, pitch] as const),
        ...([groups, c.groupIn, c.groupOut, c.z, c.zImage, c.zRow, c.zColumn] as const),
      )
    }),
  )
}

/** Offset and length of each run of neighbours: taps of `n` channels that lie side by side are one. */
function runsOf(offsets: readonly number[], n: number): number[] {
  const runs: number[] = []
  for (const offset of offsets) {
    const [start, length] = runs.slice(-2)
    if (runs.length > 0 && start + length * 4 === offset) runs[runs.length - 1] += n
    else runs.push(offset, n)
  }
  return runs
}

const perGroup = (g: Convolution): [number, number] => [g.inChannels / g.groups, g.outChannels / g.groups]

function forwardTaps({ kernel, dilation, padding }: Convolution): Tap[] {
  return eachTap(kernel, (i, j) => ({
    row: i * dilation[0] - padding[0],
    column: j * dilation[1] - padding[1],
  }))
}

/** For inputs h = a s + phase: the taps that reach them, and from which place, relative to a; ordered by place. */
function phaseTaps({ kernel, dilation, padding, stride }: Convolution, ph: number, pw: number): Tap[] {
  const taps = eachTap(kernel, (i, j) => ({
    row: (ph + padding[0] - i * dilation[0]) / stride[0],
    column: (pw + padding[1] - j * dilation[1]) / stride[1],
  }))
  return taps
    .filter(({ row, column }) => Number.isInteger(row) && Number.isInteger(column))
    .sort((s, t) => s.row - t.row || s.column - t.column)
}

function eachTap(
  [height, width]: readonly [number, number],
  place: (i: number, j: number) => { row: number; column: number },
): Tap[] {
  return Array.from({ length: height * width }, (_, index) => ({
    ...place(Math.floor(index / width), index % width),
    index,
  }))
}

function phases({ stride }: Convolution): [number, number][] {
  return Array.from({ length: stride[0] * stride[1] }, (_, i) => [Math.floor(i / stride[1]), i % stride[1]])
}
