import { memo } from '../../memo.ts'
import { sizeOf } from '../../shape.ts'
import type { Backend, Convolution } from '../backend.ts'
import type { Context } from './context.ts'
import { copyOf, forwardTaps, offsetIn } from './window.ts'

/** Columns of a panel of x or dz. */
const WIDTH = 16
/** Columns of dz and places that are taken at a time. */
const BLOCK = 128
const PLACES = 512
/** Parts that the sum over places is made of, at least: enough for the threads. */
const PARTS = 8

/** dw[k,o] = sum over places of x[place, k] dz[place, o], k counting taps and channels. */
export const weightGradient = (context: Context): Pick<Backend, 'conv2dWeightGrad'> => {
  const plans = memo(planOf)
  return {
    conv2dWeightGrad(x, dz, g) {
      const plan = plans(g)
      const { array, at } = context.storage.allocate(plan.shape, x.dtype)
      if (g.batch === 0) context.memory.floats.fill(0, at / 4, at / 4 + sizeOf(plan.shape))
      else sumUp(context, plan, context.storage.at(x), context.storage.at(dz), at)
      return array
    },
  }
}

type Plan = ReturnType<typeof planOf>

/** What the geometry alone tells. */
function planOf(g: Convolution) {
  const [groupIn, groupOut] = [g.inChannels / g.groups, g.outChannels / g.groups]
  const [rows, columns] = g.output
  const [taps, pixel] = [forwardTaps(g), g.inChannels * 4]
  const k = taps.length * groupIn
  const images = Math.min(g.batch, Math.max(1, Math.floor(PLACES / (rows * columns))))
  const bandRows = Math.min(rows, Math.max(1, Math.floor(PLACES / columns)))
  const bands = Math.ceil(rows / bandRows)
  const bandPlaces = images * bandRows * columns
  const copied = copyOf({ taps, step: g.stride, columns }, bandRows)
  const offsets = taps.map(tap => offsetIn(copied, tap, pixel))
  const groupBlocks = Math.ceil(groupOut / BLOCK)
  const blocks = groupBlocks * g.groups
  // Each slice of the bands has a sum of its own, and the slices do not depend on the number of threads.
  const allBands = Math.ceil(g.batch / images) * bands
  const sliceBands = Math.ceil(allBands / Math.max(1, Math.ceil(PARTS / blocks)))
  const kBytes = Math.ceil(k / 2) * 128
  return {
    ...{ g, shape: [...g.kernel, groupIn, g.outChannels], pixel, k, groupIn, groupOut },
    ...{ images, bands, bandRows, bandPlaces, copied, groupBlocks, blocks, allBands, sliceBands, kBytes },
    slices: Math.ceil(allBands / sliceBands),
    unitBytes: Math.ceil(Math.min(BLOCK, groupOut) / WIDTH) * kBytes,
    table: Int32Array.from(segmentsOf(offsets, groupIn)),
    scratch: 64 + bandPlaces * 64 * 9 + images * copied.rows * copied.columns * pixel,
    work: 2 * g.batch * rows * columns * k * g.outChannels,
  }
}

function sumUp(context: Context, plan: Plan, x: number, dz: number, dw: number): void {
  const { g, table, copied, k, slices, blocks, unitBytes } = plan
  const { input, output, stride, outChannels } = g
  const sumBytes = slices * blocks * unitBytes
  context.memory.temporary(sumBytes + table.byteLength, sums => {
    const segments = sums + sumBytes
    context.memory.ints.set(table, segments / 4)
    // biome-ignore format: arguments by what they describe
    context.threads.runWithScratch(
      'weightGradient', slices * blocks, plan.work, plan.scratch,
      x, input[0], input[1], plan.pixel, g.batch,
      plan.images, plan.bands, plan.bandRows, plan.bandPlaces,
      copied.top, copied.left, copied.rows, copied.columns,
      dz, output[0], output[1], stride[0], stride[1], outChannels,
      segments, k, plan.groupIn, plan.groupOut, plan.groupBlocks, blocks,
      plan.allBands, plan.sliceBands, sums, unitBytes,
    )
    // biome-ignore format: arguments by what they describe
    context.threads.run(
      'sumSlices', k, slices * k * outChannels,
      sums, slices, blocks, unitBytes, plan.kBytes, plan.groupOut, outChannels, dw,
    )
  })
}

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
