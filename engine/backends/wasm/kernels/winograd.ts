import { activate } from './activate.ts'
import { copy } from './band.ts'
import { tile } from './tile.ts'
import { combineTile, filterTile, placeLines, placeTile, prepare, spillOf, WORKSPACE } from './tiles.ts'
import { LINE } from './transforms.ts'
import { TERMS } from './winogradWeights.ts'

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
  /** Of a tile along an axis: its points, and its positions in the output. */
  points: i32
  positions: i32
  /** Rows and columns of tiles in an image, tiles in all, and in a unit. */
  tileRows: i32
  tileColumns: i32
  tiles: i32
  unitTiles: i32
  /** Channels of x, and bytes of those of a tile: whole vectors. */
  channels: i32
  line: usize
  /** B, and A transposed. */
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
 * Units begin..end of z = A ((G w G') * (B x B')) A' (+ bias): `unitTiles` tiles of x, whose transforms, for each of the
 * points a matrix [tiles,channels], are multiplied by the weights' [channels,outChannels].
 */
// biome-ignore format: arguments by what they describe
export function winograd(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<WinogradArguments>(block)
  const points = args.points, positions = args.positions
  const image = args.height * args.width * args.pixel, imageTiles = args.tileRows * args.tileColumns
  const workspace = scratch + 64, zeros = workspace + WORKSPACE, values = zeros + max<usize>(args.line, 64)
  const sums = values + points * points * args.valuePitch
  memory.fill(zeros, 0, max<usize>(args.line, 64))
  prepare(workspace, points)
  for (let u = begin; u < end; u++) {
    const first = u * args.unitTiles, count = min(args.unitTiles, args.tiles - first)
    for (let t = 0; t < count; t++) {
      const n = (first + t) / imageTiles, i = (first + t) % imageTiles
      const row = (i / args.tileColumns) * positions + args.top, column = (i % args.tileColumns) * positions + args.left
      placeTile(workspace, points, args.x + n * image, args.height, args.width, args.pixel, row, column, zeros)
      filterTile(workspace, points, args.B, args.line, values + t * args.line, args.valuePitch, LINE, LINE)
    }
    for (let i = 0; i < points * points; i++)
      multiply(scratch, values + i * args.valuePitch, count, args.channels, args.line, args.panels + i * args.pointPitch, args.wide, sums + i * args.sumPitch, zeros)
    for (let t = 0; t < count; t++) storeTile(args, workspace, first + t, sums + t * args.wide)
  }
}

/**
 * C[m,wide] = A[m,k] B in panels. While a panel is at work, lines of the next are read, which may lie in a far cache: up to
 * `TERMS` rows behind the last one too.
 */
// biome-ignore format: arguments by what they describe
function multiply(
  table: usize, a: usize, m: i32, k: i32, aRow: usize, panel: usize, wide: usize, c: usize, zeros: usize,
): void {
  const pairs = (m + 1) / 2
  let seen = 0
  i32.store(table, 0)
  for (let p = 0; p < k; p += TERMS) {
    const terms = min(TERMS, k - p)
    const bytes: usize = terms << 6, share: usize = ((terms + pairs - 1) / pairs) << 6
    i32.store(table, terms, 4)
    for (let j: usize = 0; j < wide; j += 64) {
      let next = panel + bytes
      const last = next + bytes
      for (let i = 0; i < m; i += 2) {
        const a0 = a + i * aRow + (p << 2), c0 = c + i * wide + j
        const a1 = i + 1 < m ? a0 + aRow : a0, c1 = c0 + wide
        for (const to = min(next + share, last); next < to; next += 64) seen |= i32.load(next)
        if (p > 0) tile(1, table, a0, a1, 4, panel, c0, c1, c0, c1)
        else tile(1, table, a0, a1, 4, panel, zeros, zeros, c0, c1)
      }
      panel += bytes
    }
  }
  // What was read counts for something, or the compiler would leave it out.
  i32.store(table, seen, 8)
}

/** The positions of a tile, those that are in the output. */
// biome-ignore format: arguments by what they describe
function storeTile(args: WinogradArguments, workspace: usize, index: i32, sums: usize): void {
  const points = args.points, positions = args.positions, imageTiles = args.tileRows * args.tileColumns
  const n = index / imageTiles, i = index % imageTiles
  const row = (i / args.tileColumns) * positions, column = (i % args.tileColumns) * positions
  const rows = min(positions, args.rows - row), columns = min(positions, args.columns - column)
  const place: usize = args.outChannels << 2, line: usize = args.columns * place
  const z = args.z + ((n * args.rows + row) * args.columns + column) * place
  const whole = columns === positions && (args.outChannels & 3) === 0
  placeLines(workspace, points, sums, args.sumPitch)
  for (let at: usize = 0; at < place; at += LINE) {
    const left = place - at, bytes = min(LINE, (left + 15) & ~15)
    const bias = args.bias > 0 ? args.bias + at : 0
    if (whole) combineTile(workspace, points, positions, args.A, at, bytes, rows, z + at, line, place, bias)
    else {
      const spill = spillOf(workspace)
      combineTile(workspace, points, positions, args.A, at, bytes, rows, spill, positions * LINE, LINE, bias)
      for (let r = 0; r < rows; r++) {
        for (let q = 0; q < columns; q++)
          copy(z + r * line + q * place + at, spill + (r * positions + q) * LINE, <i32>min(LINE, left))
      }
    }
  }
  if (args.slopes > 0) for (let r = 0; r < rows; r++) activate(z + r * line, columns, args.outChannels, args.slopes)
}
