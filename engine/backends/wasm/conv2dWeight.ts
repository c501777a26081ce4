import { sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import type { Core } from './core.ts'
import { copyOf, forwardTaps, offsetIn } from './window.ts'

/** Columns of a panel of x or dz. */
const WIDTH = 16
/** Columns of dz and places that are taken at a time. */
const BLOCK = 128
const PLACES = 512
/** Parts that the sum over places is made of, at least: enough for the threads. */
const PARTS = 8

/** dw[k,o] = sum over places of x[place, k] dz[place, o], k counting taps and channels. */
export const weightGradient = (core: Core): Pick<Backend, 'conv2dWeight'> => ({
  conv2dWeight(x, dz, g) {
    const [groupIn, groupOut] = [g.inChannels / g.groups, g.outChannels / g.groups]
    const { array, at: dw } = core.allocate([...g.kernel, groupIn, g.outChannels], x.dtype)
    if (g.batch === 0) {
      core.pool.floats.fill(0, dw / 4, dw / 4 + sizeOf(array.shape))
      return array
    }
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
