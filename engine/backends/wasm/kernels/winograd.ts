import { activate } from './activate.ts'
import { copy } from './band.ts'
import { count, findTile, placeColumns, Tile } from './grid.ts'
import { multiply } from './pointProduct.ts'
import { combineTile, filterTile, placeGrid, placeTile, prepare, spillOf, WORKSPACE } from './tiles.ts'
import { LINE } from './transforms.ts'

/** What `winograd` is told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class WinogradArguments {
  /** The images: where they start, their places, and from one place to the next. */
  x: usize
  height: i32
  width: i32
  pixel: i32
  /** Where the first tile starts. */
  top: i32
  left: i32
  /** Of a whole tile along an axis: its points, and its positions in the output. */
  points: i32
  positions: i32
  /** Where the rows of tiles of an image start, and their positions; the columns' too, and their number. */
  rowSpans: usize
  columnSpans: usize
  tileColumns: i32
  /** Images, tiles in all, and in a unit. */
  images: i32
  tiles: i32
  unitTiles: i32
  /** Channels of x, and bytes of those of a tile: whole vectors. */
  channels: i32
  line: usize
  /** B, behind it those of tiles that are not whole, and A transposed. */
  B: usize
  A: usize
  /** From the values of one point to those of the next, of tiles and of sums; the sums of a tile have `wide` bytes. */
  valuePitch: usize
  sumPitch: usize
  wide: usize
  /** The weights of the points in panels, and from one point to the next. */
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
 * Of the scratch: where tables lie, behind that of `tile`; the workspace follows. They are the places of a tile in the first
 * row of the points' matrices, the rows of these, and the tile.
 */
const TARGETS: usize = 32
const COUNTS: usize = 64
const AT: usize = 208
const TABLES: usize = 256

/**
 * Units begin..end of z = A ((G w G') * (B x B')) A' (+ bias): `unitTiles` tiles of x, whose transforms, for each of the
 * points a matrix [tiles,channels], are multiplied by the weights' [channels,outChannels]. A tile that is not whole takes
 * fewer points, and has no row in the matrices of the others.
 */
// biome-ignore format: arguments by what they describe
export function winograd(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<WinogradArguments>(block)
  const points = args.points, more = points - args.positions, image = args.height * args.width * args.pixel
  const workspace = scratch + TABLES, zeros = workspace + WORKSPACE, values = zeros + max<usize>(args.line, 64)
  const sums = values + points * points * args.valuePitch
  const targets = scratch + TARGETS, counts = scratch + COUNTS, t = Tile.at(scratch + AT)
  memory.fill(zeros, 0, max<usize>(args.line, 64))
  prepare(workspace, points)
  for (let u = begin; u < end; u++) {
    const first = u * args.unitTiles, last = min(first + args.unitTiles, args.tiles)
    memory.fill(counts, 0, AT - COUNTS)
    for (let i = first; i < last; i++) {
      findTile(t, i, args.images, args.tileColumns, args.rowSpans, args.columnSpans)
      const rows = t.rows + more, columns = t.columns + more
      placeTile(workspace, rows, columns, args.x + t.image * image, args.height, args.width, args.pixel, t.row + args.top, t.column + args.left, zeros)
      placeColumns(targets, points, values, args.valuePitch, counts, args.line)
      filterTile(workspace, points, rows, columns, args.B, args.line, targets, points * args.valuePitch, LINE, LINE)
      count(counts, points, rows, columns)
    }
    for (let i = 0; i < points * points; i++)
      multiply(scratch, values + i * args.valuePitch, i32.load(counts + (i << 2)), args.channels, args.line, args.panels + i * args.pointPitch, args.wide, sums + i * args.sumPitch, zeros, 0)
    memory.fill(counts, 0, AT - COUNTS)
    for (let i = first; i < last; i++) {
      findTile(t, i, args.images, args.tileColumns, args.rowSpans, args.columnSpans)
      placeColumns(targets, points, sums, args.sumPitch, counts, args.wide)
      storeTile(args, workspace, t, targets)
      count(counts, points, t.rows + more, t.columns + more)
    }
  }
}

/** The positions of a tile, those that are in the output. */
// biome-ignore format: arguments by what they describe
function storeTile(args: WinogradArguments, workspace: usize, t: Tile, targets: usize): void {
  const points = args.points, positions = args.positions
  const rows = min(t.rows, args.rows - t.row), columns = min(t.columns, args.columns - t.column)
  const place: usize = args.outChannels << 2, line: usize = args.columns * place
  const z = args.z + ((t.image * args.rows + t.row) * args.columns + t.column) * place
  const whole = columns === t.columns && (args.outChannels & 3) === 0
  placeGrid(workspace, points, targets, points * args.sumPitch)
  for (let at: usize = 0; at < place; at += LINE) {
    const left = place - at, bytes = min(LINE, (left + 15) & ~15)
    const bias = args.bias > 0 ? args.bias + at : 0
    if (whole) combineTile(workspace, points, positions, t.rows, t.columns, args.A, at, bytes, rows, z + at, line, place, bias)
    else {
      const spill = spillOf(workspace)
      combineTile(workspace, points, positions, t.rows, t.columns, args.A, at, bytes, rows, spill, positions * LINE, LINE, bias)
      for (let r = 0; r < rows; r++) {
        for (let q = 0; q < columns; q++)
          copy(z + r * line + q * place + at, spill + (r * positions + q) * LINE, <i32>min(LINE, left))
      }
    }
  }
  if (args.slopes > 0) for (let r = 0; r < rows; r++) activate(z + r * line, columns, args.outChannels, args.slopes)
}
