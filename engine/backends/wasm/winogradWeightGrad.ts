import type { Context } from './context.ts'
import { blockOf } from './threads.ts'
import { TABLES, type Tiling, WORKSPACE } from './winograd.ts'
import { matricesOf, pointsOf, tablesOf, tilesAlong } from './winogradTables.ts'

/** Columns of a panel, and bytes of its rows and of a line of the cache. */
const WIDTH = 16
const ROW = 64
/** Bytes of transformed tiles, of x and dz, that a unit works on: what stays in the second cache. */
const PART = 2 ** 20
/** Tiles of them, at least: that are added up before a sum is stored. */
const TILES = 64
/** Of the kernel: from the sums of one point to those of the next, in bytes. */
const SUM = 65 * 64
/** Columns of dz that are taken at a time. */
const STRIP = 128
/** Units, where there are tiles enough for them and their sums are at most so many bytes: enough for the threads. */
const UNITS = 8
const SUMS = 2 ** 25

/** dw = G' (sum over tiles of (B x B') * (A' dz A)) G: the adjoint of `winograd` in its weights. */
export type WinogradGradientPlan = ReturnType<typeof winogradGradientPlan>

/** What the geometry alone tells. */
export function winogradGradientPlan(t: Tiling) {
  const { batch, input, channels, output, outChannels, padding, taps, positions } = t
  const matrices = matricesOf(positions, taps)
  const { points } = matrices
  const [rows, columns] = output.map(n => tilesAlong(n, positions))
  const tiles = batch * rows.length * columns.length
  const products = batch * pointsOf(rows, taps) * pointsOf(columns, taps)
  const outPanels = Math.ceil(outChannels / WIDTH)
  const stripChannels = Math.min(STRIP, outPanels * WIDTH)
  const strips = Math.ceil(outChannels / stripChannels)
  const [line, stripLine] = [Math.ceil(channels / WIDTH) * ROW, stripChannels * 4]
  const panelBytes = Math.ceil(channels / 4) * 4 * ROW
  const pointBytes = (stripChannels / WIDTH) * panelBytes + ROW
  const unitBytes = points ** 2 * pointBytes
  // Slices and parts do not depend on the number of threads, and are even.
  const wanted = Math.min(Math.ceil(UNITS / strips), tiles / TILES, SUMS / (strips * unitBytes))
  const sliceTiles = Math.ceil(tiles / Math.max(1, Math.floor(wanted)))
  const slices = Math.ceil(tiles / sliceTiles)
  const most = Math.max(TILES, Math.floor(PART / (points ** 2 * (line + stripLine))))
  const partTiles = Math.ceil(sliceTiles / Math.ceil(sliceTiles / most))
  // A line of the cache more, so that the values of all points do not fall into the same sets of it.
  const [valuePitch, gradientPitch] = [line, stripLine].map(bytes => bytes * partTiles + ROW)
  return {
    ...tablesOf(matrices, rows, columns),
    units: slices * strips,
    work: 2 * products * channels * outChannels,
    scratch: TABLES + WORKSPACE + Math.max(line, stripLine) + points ** 2 * (valuePitch + gradientPitch),
    outPanels,
    sumBytes: slices * strips * unitBytes,
    sumWork: (slices + 10) * points ** 2 * channels * outChannels,
    sumScratch: WORKSPACE + points ** 2 * SUM,
    block: blockOf('winogradWeightGradient', {
      height: input[0],
      width: input[1],
      pixel: channels * 4,
      top: -padding[0],
      left: -padding[1],
      rows: output[0],
      columns: output[1],
      outChannels,
      points,
      positions,
      taps,
      tileColumns: columns.length,
      images: batch,
      tiles,
      sliceTiles,
      partTiles,
      slices,
      strips,
      stripChannels,
      channels,
      line,
      stripLine,
      valuePitch,
      gradientPitch,
      unitBytes,
      pointBytes,
      panelBytes,
    }),
  }
}

/** Runs a plan on arrays at these addresses. */
export function winogradGradient(
  { memory, threads }: Context,
  plan: WinogradGradientPlan,
  x: number,
  dz: number,
  dw: number,
): void {
  const { matrices, spans, sumBytes, block } = plan
  memory.temporary(sumBytes + matrices.byteLength + spans.byteLength, sums => {
    const B = sums + sumBytes
    const rowSpans = B + matrices.byteLength
    memory.floats.set(matrices, B / 4)
    memory.ints.set(spans, rowSpans / 4)
    const columnSpans = rowSpans + plan.columnSpans
    const fields = { x, dz, rowSpans, columnSpans, B, A: B + plan.A, G: B + plan.G, sums, dw }
    threads.runWithBlock('winogradWeightGradient', plan.units, plan.work, block, fields, plan.scratch)
    threads.runWithBlock('winogradSum', plan.outPanels, plan.sumWork, block, fields, plan.sumScratch)
  })
}
