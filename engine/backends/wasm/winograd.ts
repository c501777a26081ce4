import type { Shape } from '../../shape.ts'
import type { Convolution, NDArray } from '../backend.ts'
import type { Context } from './context.ts'
import type { Epilogue } from './correlate.ts'
import { blockOf } from './threads.ts'
import { LINE, matricesOf, PART, pointsOf, tablesOf, tilesAlong, withTables } from './winogradTables.ts'

/** Columns of a panel of weights. */
export const WIDTH = 16
/** Bytes of transformed tiles and sums that a unit works on: what stays in the second cache beside a point's weights. */
const UNIT = 2 ** 19
/**
 * Tiles of a unit that share one reading of the weights, where these are more than the cache holds: as many as leave
 * enough units for the threads.
 */
const TILES = [32, 128] as const
const UNITS = 8
/** Of the kernels: bytes of `TABLES` and `WORKSPACE`. */
export const TABLES = 256
export const WORKSPACE = 2 * 192 + (36 + 25) * 256
/** A convolution of stride 1 with a square window, as tiles see it. */
export interface Tiling {
  readonly batch: number
  /** The input's places and channels, and the output's. */
  readonly input: readonly [number, number]
  readonly channels: number
  readonly output: readonly [number, number]
  readonly outChannels: number
  readonly padding: readonly [number, number]
  readonly taps: number
  /** Positions of the output that a whole tile has along an axis. */
  readonly positions: number
}

/** In bytes: where the first tap's matrix [channels,outChannels] lies, and the steps between taps, rows and columns. */
export interface Weights {
  readonly first: number
  readonly tapRow: number
  readonly tapColumn: number
  readonly row: number
  readonly column: number
}

/** Of w[taps,taps,C,O]; in the adjoint the taps go backwards, and their matrices are transposed. */
export function weightsOf(
  { kernel: [taps], inChannels, outChannels }: Convolution,
  adjoint: boolean,
): Weights {
  const row = outChannels * 4
  const tap = inChannels * row
  return adjoint
    ? { first: (taps ** 2 - 1) * tap, tapRow: -taps * tap, tapColumn: -tap, row: 4, column: row }
    : { first: 0, tapRow: taps * tap, tapColumn: tap, row, column: 4 }
}

export type WinogradPlan = ReturnType<typeof winogradPlan>

/** What the geometry alone tells. */
export function winogradPlan(t: Tiling, weights: Weights) {
  const { batch, input, channels, output, outChannels, padding, taps, positions } = t
  const matrices = matricesOf(positions, taps)
  const { points } = matrices
  const [rows, columns] = output.map(n => tilesAlong(n, positions))
  const tiles = batch * rows.length * columns.length
  const products = batch * pointsOf(rows, taps) * pointsOf(columns, taps)
  const line = Math.ceil(channels / 4) * 16
  const outPanels = Math.ceil(outChannels / WIDTH)
  const wide = outPanels * WIDTH * 4
  const shared = Math.min(Math.max(Math.ceil(tiles / UNITS), TILES[0]), TILES[1])
  const units = Math.ceil(tiles / Math.max(shared, Math.floor(UNIT / (points ** 2 * (line + wide)))))
  const unitTiles = Math.ceil(tiles / units)
  // A line of the cache more, so that the values of all points do not fall into the same sets of it. Sums are made for
  // two tiles at a time.
  const valuePitch = unitTiles * line + LINE
  const sumPitch = (unitTiles + (unitTiles % 2)) * wide + LINE
  const pointPitch = channels * wide + LINE
  return {
    shape: [batch, ...output, outChannels] as Shape,
    first: weights.first,
    points,
    ...tablesOf(matrices, rows, columns),
    outPanels,
    units,
    panelBytes: points ** 2 * pointPitch,
    work: 2 * products * channels * outChannels,
    weightWork: 10 * points ** 2 * channels * outChannels,
    scratch: TABLES + WORKSPACE + Math.max(line, 64) + points ** 2 * (valuePitch + sumPitch),
    weightScratch: WORKSPACE + 64 + taps ** 2 * PART,
    weights: blockOf('winogradWeights', {
      tapRow: weights.tapRow,
      tapColumn: weights.tapColumn,
      taps,
      k: channels,
      n: outChannels,
      row: weights.row,
      column: weights.column,
      points,
      pointPitch,
    }),
    tiles: blockOf('winograd', {
      height: input[0],
      width: input[1],
      pixel: channels * 4,
      top: -padding[0],
      left: -padding[1],
      points,
      positions,
      tileColumns: columns.length,
      images: batch,
      tiles,
      unitTiles,
      channels,
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

/**
 * Runs a plan on arrays at these addresses. The transformed weights stay with `weights`, the array of w, where that keeps
 * them (`Storage.keepTransforms`).
 */
export function winograd(
  context: Context,
  plan: WinogradPlan,
  x: number,
  w: number,
  z: number,
  { bias = 0, slopes = 0 }: Epilogue = {},
  weights?: NDArray,
): void {
  const { threads } = context
  withTables(context, plan, weights, {
    name: `points ${plan.points}`,
    make(panels, G) {
      const fields = { w: w + plan.first, G, panels }
      threads.runWithBlock(
        'winogradWeights',
        plan.outPanels,
        plan.weightWork,
        plan.weights,
        fields,
        plan.weightScratch,
      )
    },
    use(tables) {
      const fields = { x, ...tables, bias, slopes, z }
      threads.runWithBlock('winograd', plan.units, plan.work, plan.tiles, fields, plan.scratch)
    },
  })
}
