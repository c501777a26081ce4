import { count, findTile, placeColumns, Tile } from './grid.ts'
import { storeLanes } from './lanes.ts'
import { tile, WIDTH } from './tile.ts'
import {
  combineTile,
  evaluateTile,
  filterTile,
  placeLines,
  placeTile,
  prepare,
  spillOf,
  WORKSPACE,
} from './tiles.ts'
import { LINE } from './transforms.ts'

/** Rows of a panel of sums that are read in one go, and from the sums of one point to those of the next, in bytes. */
const ROWS: i32 = 64
const SUM: usize = ROWS * 64 + 64

/** What `winogradWeightGradient` and `winogradSum` are told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class WinogradGradientArguments {
  /** The images: where they start, their places, and from one place to the next. */
  x: usize
  height: i32
  width: i32
  pixel: i32
  /** Where the first tile starts. */
  top: i32
  left: i32
  /** The output's gradient, its places and channels. */
  dz: usize
  rows: i32
  columns: i32
  outChannels: i32
  /** Of a tile along an axis: its points, its positions in the output; and the taps. */
  points: i32
  positions: i32
  taps: i32
  /** Where the rows of tiles of an image start, and their positions; the columns' too, and their number. */
  rowSpans: usize
  columnSpans: usize
  tileColumns: i32
  /** Images, tiles in all, in a slice, and that are transformed at a time. */
  images: i32
  tiles: i32
  sliceTiles: i32
  partTiles: i32
  slices: i32
  /** Strips of the output's channels, and channels of a strip. */
  strips: i32
  stripChannels: i32
  /** Channels of x, and bytes of those of a tile, and of a strip's: whole panels. */
  channels: i32
  line: usize
  stripLine: usize
  /** B, behind it those of tiles that are not whole, A transposed, and G. */
  B: usize
  A: usize
  G: usize
  /** From the values of one point to those of the next, of x and of dz. */
  valuePitch: usize
  gradientPitch: usize
  /** The units' sums [points,points,panels of o][c][16]: from one unit, point and panel to the next. */
  sums: usize
  unitBytes: usize
  pointBytes: usize
  panelBytes: usize
  /** The result [taps,taps,channels,outChannels]. */
  dw: usize
}

/** Of the scratch: where tables lie, behind that of `tile`, as of `winograd`; the workspace follows. */
const TARGETS: usize = 32
const COUNTS: usize = 64
const AT: usize = 208
const GRADIENTS: usize = 232
const TABLES: usize = 256

/**
 * Units begin..end of the sums over tiles of (B x B') * (A' dz A), for each of the points a matrix [channels,outChannels].
 * Unit u is strip u mod `strips` of dz's channels over slice u div `strips` of the tiles. A tile that is not whole takes fewer
 * points, and has no part in the sums of the others.
 */
// biome-ignore format: arguments by what they describe
export function winogradWeightGradient(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<WinogradGradientArguments>(block)
  const points = args.points, positions = args.positions, more = points - positions
  const image = args.height * args.width * args.pixel, outPixel = args.outChannels << 2
  const piece: usize = args.partTiles << 6, most = max(args.line, args.stripLine)
  const targets = scratch + TARGETS, gradientTargets = scratch + GRADIENTS, counts = scratch + COUNTS, t = Tile.at(scratch + AT)
  const workspace = scratch + TABLES, zeros = workspace + WORKSPACE, values = zeros + most
  const gradients = values + points * points * args.valuePitch
  memory.fill(zeros, 0, most)
  prepare(workspace, points)
  for (let u = begin; u < end; u++) {
    const strip = u % args.strips, slice = u / args.strips
    const first = strip * args.stripChannels
    const wide: usize = ((min(args.stripChannels, args.outChannels - first) + WIDTH - 1) >> 4) << 6
    const last = min(args.tiles, (slice + 1) * args.sliceTiles)
    for (let from = slice * args.sliceTiles; from < last; from += args.partTiles) {
      memory.fill(counts, 0, AT - COUNTS)
      for (let i = from; i < min(from + args.partTiles, last); i++) {
        findTile(t, i, args.images, args.tileColumns, args.rowSpans, args.columnSpans)
        const rows = t.rows + more, columns = t.columns + more
        placeColumns(targets, points, values, args.valuePitch, counts, 64)
        placeTile(workspace, rows, columns, args.x + t.image * image, args.height, args.width, args.pixel, t.row + args.top, t.column + args.left, zeros)
        filterTile(workspace, points, rows, columns, args.B, args.line, targets, points * args.valuePitch, 64, piece)
        placeColumns(gradientTargets, points, gradients, args.gradientPitch, counts, 64)
        placeTile(workspace, t.rows, t.columns, args.dz + t.image * args.rows * args.columns * outPixel + (first << 2), args.rows, args.columns, outPixel, t.row, t.column, zeros)
        evaluateTile(workspace, points, positions, t.rows, t.columns, args.A, wide, gradientTargets, points * args.gradientPitch, 64, piece)
        count(counts, points, rows, columns)
      }
      for (let i = 0; i < points * points; i++)
        multiply(scratch, i32.load(counts + (i << 2)), values + i * args.valuePitch, args.channels, gradients + i * args.gradientPitch, wide, piece, args.sums + u * args.unitBytes + i * args.pointBytes, args.panelBytes, from > slice * args.sliceTiles, zeros)
    }
  }
}

/** C[k,wide] = A' B, or C + A' B if `add`, for A[m,k] and B[m,wide] in panels `piece` bytes apart. */
// biome-ignore format: arguments by what they describe
function multiply(
  table: usize, m: i32, a: usize, k: i32, b: usize, wide: usize, piece: usize, c: usize, cPanel: usize, add: bool, zeros: usize,
): void {
  if (m === 0) {
    if (!add) for (let j: usize = 0; j < wide; j += 64) memory.fill(c + (j / 64) * cPanel, 0, k << 6)
    return
  }
  i32.store(table, 0)
  i32.store(table, m, 4)
  for (let i = 0; i < k; i += WIDTH) {
    const rows = min(WIDTH, k - i)
    let panel = b
    for (let j: usize = 0; j < wide; j += 64) {
      let sum = c + (j / 64) * cPanel + (i << 6)
      for (let r = 0; r < rows; r += 2) {
        const a0 = a + (r << 2)
        if (add) tile(1, table, a0, a0 + 4, 64, panel, sum, sum + 64, sum, sum + 64)
        else tile(1, table, a0, a0 + 4, 64, panel, zeros, zeros, sum, sum + 64)
        sum += 128
      }
      panel += piece
    }
    a += piece
  }
}

/** Panels begin..end of dw = G' (sum of the slices) G. */
// biome-ignore format: arguments by what they describe
export function winogradSum(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<WinogradGradientArguments>(block)
  const points = args.points, k = args.channels
  const sums = scratch + WORKSPACE, stripPanels = args.stripChannels / WIDTH, apart = args.strips * args.unitBytes
  prepare(scratch, points)
  for (let p = begin; p < end; p++) {
    const from = args.sums + (p / stripPanels) * args.unitBytes + (p % stripPanels) * args.panelBytes
    for (let c = 0; c < k; c += ROWS) {
      const rows = min(ROWS, k - c)
      for (let i = 0; i < points * points; i++)
        addSlices(from + i * args.pointBytes + (c << 6), rows << 6, args.slices, apart, sums + i * SUM)
      for (let r = 0; r < rows; r += 4) {
        placeLines(scratch, points, sums + (r << 6), SUM)
        storeRows(args, scratch, args.dw + ((c + r) * args.outChannels + p * WIDTH) * 4, min(4, rows - r), args.outChannels - p * WIDTH)
      }
    }
  }
}

/** The taps of at most four rows of a panel, of which `lanes` columns count. */
// biome-ignore format: arguments by what they describe
function storeRows(args: WinogradGradientArguments, workspace: usize, dw: usize, rows: i32, lanes: i32): void {
  const taps = args.taps, spill = spillOf(workspace), row: usize = args.outChannels << 2
  combineTile(workspace, args.points, taps, taps, taps, args.G, 0, LINE, taps, spill, taps * LINE, LINE, 0)
  for (let t = 0; t < taps * taps; t++) {
    let to = dw + t * args.channels * row, line = spill + t * LINE
    for (let r = 0; r < rows; r++) {
      for (let j = 0; j < WIDTH; j += 4) storeLanes(to + (j << 2), v128.load(line + (j << 2)), lanes - j)
      to += row
      line += 64
    }
  }
}

/** `bytes` of each slice, `apart` bytes from the next, added up in their order. */
function addSlices(from: usize, bytes: usize, slices: i32, apart: usize, to: usize): void {
  memory.copy(to, from, bytes)
  for (let s = 1; s < slices; s++) {
    from += apart
    for (let c: usize = 0; c < bytes; c += 16)
      v128.store(to + c, f32x4.add(v128.load(to + c), v128.load(from + c)))
  }
}
