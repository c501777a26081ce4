import { memo } from '../../memo.ts'
import { sizeOf } from '../../shape.ts'
import type { Backend, Convolution } from '../backend.ts'
import type { Context } from './context.ts'
import { depthwiseGradient, depthwiseGradientPlan } from './depthwiseWeightGrad.ts'
import { isNarrow } from './narrowGroups.ts'
import { blockOf } from './threads.ts'
import { copyOf, forwardTaps, offsetIn } from './window.ts'
import { tilingOf } from './winogradPays.ts'
import { type WinogradGradientPlan, winogradGradient, winogradGradientPlan } from './winogradWeightGrad.ts'

/** Columns of a panel of x or dz. */
const WIDTH = 16
/** Columns of dz, and places, that are taken at a time. */
const STRIP = 128
const PLACES = 512
/** Slices of the sum over places, at least: enough for the threads. */
const SLICES = 8

/** dw[k,o] = sum over places of x[place, k] dz[place, o], k counting taps and channels. */
export const weightGradient = (context: Context) => {
  const [plans, tiles, slices] = [memo(planOf), memo(tilesOf), memo(depthwiseGradientPlan)]
  return {
    conv2dWeightGrad(x, dz, g) {
      const shape = [...g.kernel, g.inChannels / g.groups, g.outChannels]
      const { array, at } = context.storage.allocate(shape, x.dtype)
      if (g.batch === 0) {
        context.memory.floats.fill(0, at / 4, at / 4 + sizeOf(shape))
        return array
      }
      const [xAt, dzAt] = [context.storage.at(x), context.storage.at(dz)]
      const fewer = context.exact ? undefined : tiles(g)
      if (isNarrow(g)) depthwiseGradient(context, slices(g), xAt, dzAt, at)
      else if (fewer !== undefined) winogradGradient(context, fewer, xAt, dzAt, at)
      else sumUp(context, plans(g), xAt, dzAt, at)
      return array
    },
  } satisfies Partial<Backend>
}

/** None where the sums by their definition take less time. */
function tilesOf(g: Convolution): WinogradGradientPlan | undefined {
  const tiling = tilingOf(g, false)
  return tiling && winogradGradientPlan(tiling)
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
  const groupStrips = Math.ceil(groupOut / STRIP)
  const strips = groupStrips * g.groups
  // Each slice of the bands has a sum of its own, and the slices do not depend on the number of threads.
  const allBands = Math.ceil(g.batch / images) * bands
  const sliceBands = Math.ceil(allBands / Math.max(1, Math.ceil(SLICES / strips)))
  const slices = Math.ceil(allBands / sliceBands)
  const kBytes = Math.ceil(k / 2) * 128
  const unitBytes = Math.ceil(Math.min(STRIP, groupOut) / WIDTH) * kBytes
  return {
    units: slices * strips,
    k,
    sumBytes: slices * strips * unitBytes,
    sumWork: slices * k * g.outChannels,
    table: Int32Array.from(segmentsOf(offsets, groupIn)),
    scratch: 64 + bandPlaces * 64 * 9 + images * copied.rows * copied.columns * pixel,
    work: 2 * g.batch * rows * columns * k * g.outChannels,
    block: blockOf('weightGradient', {
      height: g.input[0],
      width: g.input[1],
      pixel,
      batch: g.batch,
      images,
      bands,
      bandRows,
      bandPlaces,
      top: copied.top,
      left: copied.left,
      copyRows: copied.rows,
      copyColumns: copied.columns,
      rows,
      columns,
      stepRow: g.stride[0],
      stepColumn: g.stride[1],
      outChannels: g.outChannels,
      k,
      groupIn,
      groupOut,
      groupStrips,
      strips,
      allBands,
      sliceBands,
      slices,
      unitBytes,
      kBytes,
    }),
  }
}

function sumUp({ memory, threads }: Context, plan: Plan, x: number, dz: number, dw: number): void {
  const { table, sumBytes, block } = plan
  memory.temporary(sumBytes + table.byteLength, sums => {
    const segments = sums + sumBytes
    memory.ints.set(table, segments / 4)
    const fields = { x, dz, segments, sums, dw }
    threads.runWithBlock('weightGradient', plan.units, plan.work, block, fields, plan.scratch)
    threads.runWithBlock('sumSlices', plan.k, plan.sumWork, block, fields)
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
