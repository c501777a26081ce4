import type { Shape } from '../../shape.ts'
import type { Convolution, NDArray } from '../backend.ts'
import type { Context } from './context.ts'
import type { Epilogue } from './correlate.ts'
import { blockOf } from './threads.ts'
import { WIDTH, WORKSPACE } from './winograd.ts'
import { LINE, matricesOf, PART, pointsOf, tablesOf, tilesAlong, withTables } from './winogradTables.ts'

/** Of the kernel: positions of a whole tile along an axis, and the taps that see every second place alone. */
const POSITIONS = 5
const TAPS = 2
/** Places of a whole tile, and matrices of weights: of six points and a tap along each axis. */
const PLACES = (2 * POSITIONS + 1) ** 2
export const MATRICES = 7 ** 2
/** Bytes of the kernel's tables and lines. */
const HEAD = 1216 + (11 * 6 + POSITIONS) * 256
/** Tiles of a unit, and units where there are tiles enough. */
const TILES = [16, 64] as const
const UNITS = 8

export type StridedPlan = ReturnType<typeof stridedPlan>

/** Can `winogradStrided` compute it: stride 2 by 3 x 3 weights? */
export const isStrided = ({ kernel, stride, dilation, groups, padding }: Convolution): boolean =>
  kernel.every(n => n === 3) &&
  stride.every(n => n === 2) &&
  dilation.every(n => n === 1) &&
  groups === 1 &&
  padding.every(n => n < 3)

/** Rows of the products: of a tile of m positions along an axis m + 1 points and m places. */
export const stridedRows = ({ batch, output }: Convolution): number =>
  output.reduce((n, size) => {
    const tiles = tilesAlong(size, POSITIONS)
    return n * (pointsOf(tiles, TAPS) + pointsOf(tiles, 1))
  }, batch)

/** What the geometry alone tells. */
export function stridedPlan(g: Convolution) {
  const { batch, input, output, inChannels, outChannels, padding } = g
  const [rows, columns] = output.map(n => tilesAlong(n, POSITIONS))
  const tiles = batch * rows.length * columns.length
  const line = Math.ceil(inChannels / 4) * 16
  const outPanels = Math.ceil(outChannels / WIDTH)
  const wide = outPanels * WIDTH * 4
  const units = Math.ceil(tiles / Math.min(Math.max(Math.ceil(tiles / UNITS), TILES[0]), TILES[1]))
  const unitTiles = Math.ceil(tiles / units)
  // As of `winogradPlan`.
  const valuePitch = unitTiles * line + LINE
  const sumPitch = (unitTiles + (unitTiles % 2)) * wide + LINE
  const pointPitch = inChannels * wide + LINE
  return {
    shape: [batch, ...output, outChannels] as Shape,
    ...tablesOf(matricesOf(POSITIONS, TAPS), rows, columns),
    outPanels,
    units,
    panelBytes: MATRICES * pointPitch,
    work: 2 * stridedRows(g) * inChannels * outChannels,
    weightWork: 5 * MATRICES * inChannels * outChannels,
    scratch: HEAD + Math.max(line, 64) + PLACES * (valuePitch + sumPitch),
    weightScratch: WORKSPACE + 64 + 9 * PART,
    weights: blockOf('winogradStridedWeights', {
      tap: inChannels * outChannels * 4,
      k: inChannels,
      n: outChannels,
      row: outChannels * 4,
      pointPitch,
    }),
    tiles: blockOf('winogradStrided', {
      height: input[0],
      width: input[1],
      pixel: inChannels * 4,
      top: -padding[0],
      left: -padding[1],
      tileColumns: columns.length,
      images: batch,
      tiles,
      unitTiles,
      channels: inChannels,
      line,
      valuePitch,
      sumPitch,
      wide,
      pointPitch,
      rows: output[0],
      columns: output[1],
      outChannels,
    }),
  }
}

/** Runs a plan on arrays at these addresses, as `winograd` does. */
export function winogradStrided(
  context: Context,
  plan: StridedPlan,
  x: number,
  w: number,
  z: number,
  { bias = 0, slopes = 0 }: Epilogue = {},
  weights?: NDArray,
): void {
  const { threads } = context
  withTables(context, plan, weights, {
    name: 'stride 2',
    make: (panels, G) =>
      threads.runWithBlock(
        'winogradStridedWeights',
        plan.outPanels,
        plan.weightWork,
        plan.weights,
        { w, G, panels },
        plan.weightScratch,
      ),
    use(tables) {
      const fields = { x, ...tables, bias, slopes, z }
      threads.runWithBlock('winogradStrided', plan.units, plan.work, plan.tiles, fields, plan.scratch)
    },
  })
}
