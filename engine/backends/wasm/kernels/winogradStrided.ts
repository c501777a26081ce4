import { activate } from './activate.ts'
import { copy } from './band.ts'
import { combine } from './combine.ts'
import { filterInput } from './filterInput.ts'
import { count, findTile, following, placeColumns, Tile } from './grid.ts'
import { multiply } from './pointProduct.ts'
import { placeGrid, placeTile } from './tiles.ts'
import { LINE } from './transforms.ts'

const POINTS: i32 = 6
/** Positions of the largest tile along an axis. */
const POSITIONS: i32 = 5
/** Rows and columns of places of the largest tile. */
const PLACES: i32 = 2 * POSITIONS + 1
/** Where the matrices of points by places, of places by points, and of places alone are; as many rows as whole matrices. */
const ACROSS: i32 = POINTS * POINTS
const DOWN: i32 = ACROSS + POINTS
const PLAIN: i32 = DOWN + POINTS
const MATRICES: i32 = PLAIN + 1

/**
 * Of the scratch: where tables lie, behind that of `tile`: the first row of points, the rows of the matrices, a tile, addresses
 * of a tile's places or sums, of lines that are transformed along one axis; then these lines, and a row of those that spill.
 */
const TARGETS: usize = 32
const COUNTS: usize = 64
const AT: usize = 320
const GRID: usize = 384
const OWN: usize = 896
const LINES: usize = 1216
const SPILL: usize = LINES + PLACES * POINTS * LINE
const HEAD: usize = SPILL + POSITIONS * LINE

/** What `winogradStrided` is told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class WinogradStridedArguments {
  /** The images: where they start, their places, and from one place to the next. */
  x: usize
  height: i32
  width: i32
  pixel: i32
  /** Where the first tile starts. */
  top: i32
  left: i32
  /** Where the rows of tiles of an image start, and their positions; the columns' too, and their number. */
  rowSpans: usize
  columnSpans: usize
  tileColumns: i32
  /** Images, tiles in all, and in a unit. */
  images: i32
  tiles: i32
  unitTiles: i32
  /** Channels of x, and bytes of those of a place: whole vectors. */
  channels: i32
  line: usize
  /** B, behind it those of smaller tiles, and A transposed, of F(5, 2). */
  B: usize
  A: usize
  /** From the values of one point to those of the next, of places and of sums; the sums of a place have `wide` bytes. */
  valuePitch: usize
  sumPitch: usize
  wide: usize
  /** The weights of `winogradStridedWeights`, and from one matrix to the next. */
  panels: usize
  pointPitch: usize
  /** A number for each channel of the output, or 0. */
  bias: usize
  /** Of the activation of the output, as `activate` has them. */
  slopes: usize
  /** The output, its places and channels. */
  z: usize
  rows: i32
  columns: i32
  outChannels: i32
}

/**
 * Units begin..end of a convolution of stride 2 by 3 x 3 weights. Along each axis the first and the last tap see every second
 * place alone: F(m, 2) of these, at points, and on top of it the tap in between times the m places that it sees.
 */
// biome-ignore format: arguments by what they describe
export function winogradStrided(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<WinogradStridedArguments>(block)
  const zeros = scratch + HEAD, values = zeros + max<usize>(args.line, 64)
  const sums = values + PLACES * PLACES * args.valuePitch
  const counts = scratch + COUNTS, t = Tile.at(scratch + AT)
  const image = args.height * args.width * args.pixel
  memory.fill(zeros, 0, max<usize>(args.line, 64))
  for (let i = 0; i < PLACES * POINTS; i++) i32.store(scratch + OWN + (i << 2), <i32>(scratch + LINES + i * LINE))
  for (let u = begin; u < end; u++) {
    const first = u * args.unitTiles, last = min(first + args.unitTiles, args.tiles)
    memory.fill(counts, 0, MATRICES << 2)
    for (let i = first; i < last; i++) {
      findTile(t, i, args.images, args.tileColumns, args.rowSpans, args.columnSpans)
      placeTile(scratch + GRID, 2 * t.rows + 1, 2 * t.columns + 1, args.x + t.image * image, args.height, args.width, args.pixel, 2 * t.row + args.top, 2 * t.column + args.left, zeros)
      filter(args, scratch, t, values)
      countTile(counts, t)
    }
    for (let i = 0; i < MATRICES; i++) {
      const at = before(i), biased = i === PLAIN && args.bias > 0
      multiply(scratch, values + at * args.valuePitch, i32.load(counts + (i << 2)), args.channels, args.line, args.panels + i * args.pointPitch, args.wide, sums + at * args.sumPitch, biased ? args.bias : zeros, biased ? 64 : 0)
    }
    memory.fill(counts, 0, MATRICES << 2)
    for (let i = first; i < last; i++) {
      findTile(t, i, args.images, args.tileColumns, args.rowSpans, args.columnSpans)
      storeTile(args, scratch, t, sums)
      countTile(counts, t)
    }
  }
}

/** How many rows of a tile come before those of a matrix. */
function before(matrix: i32): i32 {
  return matrix + (POSITIONS - 1) * max(matrix - ACROSS, 0)
}

/** The rows that a tile has in each matrix. */
function countTile(counts: usize, t: Tile): void {
  count(counts, POINTS, t.rows + 1, t.columns + 1)
  for (let i = 0; i < POINTS; i = following(i, t.rows + 1, POINTS)) more(counts, ACROSS + i, t.columns)
  for (let j = 0; j < POINTS; j = following(j, t.columns + 1, POINTS)) more(counts, DOWN + j, t.rows)
  more(counts, PLAIN, t.rows * t.columns)
}

function more(counts: usize, i: i32, rows: i32): void {
  i32.store(counts + (i << 2), i32.load(counts + (i << 2)) + rows)
}

/** Where the next row of a matrix lies. */
function rowOf(counts: usize, matrix: i32, from: usize, pitch: usize, bytes: usize): usize {
  return from + before(matrix) * pitch + i32.load(counts + (matrix << 2)) * bytes
}

/** The values of the tile in the grid. */
// biome-ignore format: arguments by what they describe
function filter(args: WinogradStridedArguments, scratch: usize, t: Tile, values: usize): void {
  const grid = scratch + GRID, own = scratch + OWN, lines = scratch + LINES, counts = scratch + COUNTS, targets = scratch + TARGETS
  const rows = t.rows, columns = t.columns, gridRow: usize = (2 * columns + 1) << 2, row: usize = POINTS << 2
  const pitch = args.valuePitch, bytes = args.line, matrix: usize = (POINTS * POINTS) << 2
  const down = args.B + (POSITIONS - rows) * matrix, across = args.B + (POSITIONS - columns) * matrix
  const edge = rowOf(counts, ACROSS, values, pitch, bytes), plain = rowOf(counts, PLAIN, values, pitch, bytes)
  placeColumns(targets, POINTS, values, pitch, counts, bytes)
  for (let at: usize = 0; at < bytes; at += LINE) {
    const length = min(LINE, bytes - at)
    for (let i = 0; i <= 2 * rows; i++) filterInput(POINTS, columns + 1, across, grid + i * gridRow, 8, at, lines + i * POINTS * LINE, LINE, length)
    for (let j = 0; j < POINTS; j = following(j, columns + 1, POINTS)) {
      filterInput(POINTS, rows + 1, down, own + (j << 2), 2 * row, 0, i32.load(targets + (j << 2)) + at, POINTS * pitch, length)
      let to = rowOf(counts, DOWN + j, values, pitch, bytes) + at
      for (let i = 1; i < 2 * rows; i += 2) {
        memory.copy(to, lines + (i * POINTS + j) * LINE, length)
        to += bytes
      }
    }
    for (let j = 0; j < columns; j++) {
      const place = grid + ((2 * j + 1) << 2)
      filterInput(POINTS, rows + 1, down, place, 2 * gridRow, at, edge + j * bytes + at, POSITIONS * pitch, length)
      for (let i = 0; i < rows; i++) memory.copy(plain + (i * columns + j) * bytes + at, i32.load(place + (2 * i + 1) * gridRow) + at, length)
    }
  }
}

/** The positions of a tile, those that are in the output. */
// biome-ignore format: arguments by what they describe
function storeTile(args: WinogradStridedArguments, scratch: usize, t: Tile, sums: usize): void {
  const grid = scratch + GRID, lines = scratch + LINES, counts = scratch + COUNTS, targets = scratch + TARGETS
  const pitch = args.sumPitch, wide = args.wide
  const edge = rowOf(counts, ACROSS, sums, pitch, wide), plain = rowOf(counts, PLAIN, sums, pitch, wide)
  placeColumns(targets, POINTS, sums, pitch, counts, wide)
  placeGrid(grid, POINTS, targets, POINTS * pitch)
  const edges = grid + ((POINTS * POINTS) << 2)
  for (let i = 0; i < POINTS; i++) {
    for (let j = 0; j < t.columns; j++) i32.store(edges + ((i * POSITIONS + j) << 2), <i32>(edge + i * POSITIONS * pitch + j * wide))
  }
  const rows = min(t.rows, args.rows - t.row), columns = min(t.columns, args.columns - t.column)
  const place: usize = args.outChannels << 2, line: usize = args.columns * place
  const z = args.z + ((t.image * args.rows + t.row) * args.columns + t.column) * place
  const whole = columns === t.columns && (args.outChannels & 3) === 0
  for (let at: usize = 0; at < place; at += LINE) {
    const left = place - at, bytes = min(LINE, (left + 15) & ~15)
    for (let j = 0; j < POINTS; j = following(j, t.columns + 1, POINTS))
      combine(POINTS, POSITIONS, t.rows, args.A, grid + (j << 2), POINTS << 2, at, lines + j * LINE, POINTS * LINE, bytes, rowOf(counts, DOWN + j, sums, pitch, wide) + at, wide)
    const others = lines + POSITIONS * POINTS * LINE
    for (let j = 0; j < t.columns; j++)
      combine(POINTS, POSITIONS, t.rows, args.A, edges + (j << 2), POSITIONS << 2, at, others + j * LINE, POSITIONS * LINE, bytes, plain + j * wide + at, t.columns * wide)
    for (let i = 0; i < rows; i++) {
      const to = whole ? z + i * line + at : scratch + SPILL
      combine(POINTS, POSITIONS, t.columns, args.A, scratch + OWN + ((i * POINTS) << 2), 4, 0, to, whole ? place : LINE, bytes, others + i * POSITIONS * LINE, LINE)
      if (!whole) for (let j = 0; j < columns; j++) copy(z + i * line + j * place + at, scratch + SPILL + j * LINE, <i32>min(LINE, left))
    }
  }
  if (args.slopes > 0) for (let i = 0; i < rows; i++) activate(z + i * line, columns, args.outChannels, args.slopes)
}
