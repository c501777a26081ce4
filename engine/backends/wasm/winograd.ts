import type { Shape } from '../../shape.ts'
import type { Convolution } from '../backend.ts'
import { minimal } from '../minimalFiltering.ts'
import type { Context } from './context.ts'
import type { Epilogue } from './correlate.ts'
import { blockOf } from './threads.ts'

/** Columns of a panel of weights. */
export const WIDTH = 16
/** Bytes of a line of the cache. */
export const LINE = 64
/** Bytes of transformed tiles and sums that a unit works on: what stays in the second cache beside a point's weights. */
const UNIT = 2 ** 19
/**
 * Tiles of a unit that share one reading of the weights, where these are more than the cache holds: as many as leave
 * enough units for the threads.
 */
const TILES = [32, 128] as const
const UNITS = 8
/** Of the kernels: bytes of `TABLES`, `SPAN` and `WORKSPACE`. */
const TABLES = 256
export const SPAN = 8
export const WORKSPACE = 2 * 192 + (36 + 25) * 256
/** Bytes of a panel that lie together: so many are packed of each tap, and may be read behind the last panel. */
export const PART = 128 * 64

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

/** Of the kernels: by how much a tile may be smaller than a whole one of at least four positions. */
const LESS = 2
const WHOLE = 4

/** Positions of the tiles along an axis, from the largest: as few tiles as there can be, and as small. */
export function tilesAlong(size: number, positions: number): number[] {
  const tiles = Array.from({ length: Math.ceil(size / positions) }, () => positions)
  let spare = tiles.length * positions - size
  for (let i = tiles.length - 1; i >= 0 && positions >= WHOLE; i--) {
    const less = Math.min(spare, LESS)
    tiles[i] -= less
    spare -= less
  }
  return tiles
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

/** Where each of these tiles starts, and its positions. */
export function spansOf(sizes: readonly number[]): number[] {
  let start = 0
  return sizes.flatMap(size => {
    start += size
    return [start - size, size]
  })
}

/** Points of these tiles. */
export const pointsOf = (sizes: readonly number[], taps: number): number =>
  sizes.reduce((sum, m) => sum + m + taps - 1, 0)

/**
 * B of F(positions, taps) and of the tiles that are smaller, padded to as many columns; A transposed and G; row after row, and
 * where these start, in bytes.
 */
export function matricesOf(positions: number, taps: number) {
  const { A, G } = minimal(positions, taps)
  const points = G.length
  const sizes = positions >= WHOLE ? [0, 1, LESS].map(less => positions - less) : [positions]
  const Bs = sizes.map(m =>
    minimal(m, taps, positions).B.map(row => [...row, ...Array(points - row.length).fill(0)]),
  )
  const at = sizes.length * points ** 2
  const values: number[] = [...Bs.flat(2), ...A[0].flatMap((_, j) => A.map(row => row[j])), ...G.flat()]
  return { points, values, A: at * 4, G: (at + points * positions) * 4 }
}

/** What the geometry alone tells. */
export function winogradPlan(t: Tiling, weights: Weights) {
  const { batch, input, channels, output, outChannels, padding, taps, positions } = t
  const { points, values, A, G } = matricesOf(positions, taps)
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
    matrices: Float32Array.from(values) as Float32Array,
    A,
    G,
    spans: Int32Array.from([...spansOf(rows), ...spansOf(columns)]) as Int32Array,
    columnSpans: rows.length * SPAN,
    outPanels,
    units,
    panelBytes: points ** 2 * pointPitch,
    work: 2 * products * channels * outChannels,
    weightWork: 10 * points ** 2 * channels * outChannels,
    scratch: TABLES + WORKSPACE + Math.max(line, 64) + points ** 2 * (valuePitch + sumPitch),
    weightScratch: WORKSPACE + taps ** 2 * PART,
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

/** Runs a plan on arrays at these addresses. */
export function winograd(
  { memory, threads }: Context,
  plan: WinogradPlan,
  x: number,
  w: number,
  z: number,
  { bias = 0, slopes = 0 }: Epilogue = {},
): void {
  const { panelBytes, matrices, spans } = plan
  const tables = matrices.byteLength + spans.byteLength
  memory.temporary(panelBytes + Math.max(PART, tables), panels => {
    const B = panels + panelBytes
    const rowSpans = B + matrices.byteLength
    memory.floats.set(matrices, B / 4)
    memory.ints.set(spans, rowSpans / 4)
    const weights = { w: w + plan.first, G: B + plan.G, panels }
    threads.runWithBlock(
      'winogradWeights',
      plan.outPanels,
      plan.weightWork,
      plan.weights,
      weights,
      plan.weightScratch,
    )
    const columnSpans = rowSpans + plan.columnSpans
    const tiles = { x, B, A: B + plan.A, rowSpans, columnSpans, panels, bias, slopes, z }
    threads.runWithBlock('winograd', plan.units, plan.work, plan.tiles, tiles, plan.scratch)
  })
}
