import { activate } from './activate.ts'
import { copyBand } from './band.ts'
import { narrowPlaces } from './narrow.ts'
import { tile, WIDTH } from './tile.ts'

/** The most k's that are summed before C is stored; no run is longer. */
const TERMS: i32 = 384

/** What `correlate` is told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class CorrelateArguments {
  /** The images: where they start, their places, and from one place to the next. */
  x: usize
  height: i32
  width: i32
  pixel: i32
  /** Bands of an image, and rows of the output in a band. */
  bands: i32
  bandRows: i32
  /** The part of x that a band reads: its first row and column, relative to the band's first place, and its size. */
  top: i32
  left: i32
  copyRows: i32
  copyColumns: i32
  /** Places of x from one place of the output to the next. */
  stepRow: i32
  stepColumn: i32
  /** A table of `phaseCount` phases (see Phase), and behind them their runs. */
  phases: usize
  phaseCount: i32
  /** Groups of channels, and the channels of x and of the output in each. */
  groups: i32
  groupIn: i32
  groupOut: i32
  /** The weights in panels. */
  panels: usize
  /** The bias in panels `biasPitch` apart: 0 for one panel of zeros. */
  bias: usize
  biasPitch: usize
  /** Of the activation of the output, as `activate` has them; then that is one phase. */
  slopes: usize
  /** The output, and from one image, row and column of a phase to the next. */
  z: usize
  zImage: usize
  zRow: usize
  zColumn: usize
}

/** The sums at every stride-th place of the output: all of it in a convolution, a part of it in its adjoint. */
@unmanaged
class Phase {
  /** Rows and columns of its output, and where that starts in z. */
  rows: i32
  columns: i32
  z: usize
  /** Where its runs (see `tile`) start, behind the table's start, and their number. */
  table: usize
  runs: i32
  /** Where its weights start in the panels, and from one panel to the next. */
  panel: usize
  pitch: usize
}

/**
 * Bands begin..end of z[n,p,q,:] = bias + sum over taps t of x[n, p stepRow + row_t, q stepColumn + column_t, :] w_t: a
 * convolution, or its adjoint in x, which is one such sum for each phase of the stride. A band is `bandRows` rows of the
 * output of one image. What it reads of x is copied to `scratch` with its padding, so that a tap is an offset.
 */
// biome-ignore format: arguments by what they describe
export function correlate(begin: i32, end: i32, scratch: usize, block: usize): void {
  const args = changetype<CorrelateArguments>(block)
  const copy = scratch + 128
  const pixel = args.pixel, zRow = args.zRow, zColumn = args.zColumn
  const aRow: usize = args.stepRow * args.copyColumns * pixel, aColumn: usize = args.stepColumn * pixel
  const image: usize = args.height * args.width * pixel
  for (let u = begin; u < end; u++) {
    const n = u / args.bands, first = (u % args.bands) * args.bandRows
    copyBand(
      args.x + n * image, args.height, args.width, pixel,
      first * args.stepRow + args.top, args.copyRows, args.left, args.copyColumns, copy,
    )
    for (let i = 0; i < args.phaseCount; i++) {
      const phase = changetype<Phase>(args.phases + i * offsetof<Phase>())
      const rows = min(args.bandRows, phase.rows - first)
      const table = args.phases + phase.table
      let b = args.panels + phase.panel, start = args.bias
      for (let g = 0; g < args.groups; g++) {
        const from = copy + ((g * args.groupIn) << 2)
        for (let o = 0; o < args.groupOut; o += WIDTH) {
          const c = args.z + phase.z + n * args.zImage + first * zRow + ((g * args.groupOut + o) << 2)
          const lanes = min(WIDTH, args.groupOut - o)
          if (lanes > 4) inParts(scratch, from, aRow, aColumn, rows, phase.columns, table, phase.runs, b, start, c, zRow, zColumn, lanes << 2)
          else narrowPlaces(scratch, from, aRow, aColumn, rows, phase.columns, table, phase.runs, b, start, c, zRow, zColumn, lanes)
          b += phase.pitch
          start += args.biasPitch
        }
      }
      activate(args.z + n * args.zImage + first * zRow, rows * phase.columns, args.groups * args.groupOut, args.slopes)
    }
  }
}

/**
 * One panel of columns at all places of a band, in parts of at most `TERMS` k's: a long sum then does not round as one
 * chain, and a part of the panel stays in the first cache from place to place.
 */
// biome-ignore format: arguments by what they describe
function inParts(
  spill: usize, a: usize, aRow: usize, aColumn: usize, rows: i32, columns: i32,
  table: usize, runs: i32, b: usize, start: usize, c: usize, cRow: usize, cColumn: usize, bytes: i32,
): void {
  let add = false
  do {
    let n = 0, k = 0
    for (; n < runs; n++) {
      const more = k + i32.load(table + (n << 3) + 4)
      if (more > TERMS) break
      k = more
    }
    places(spill, a, aRow, aColumn, rows, columns, table, n, b, start, add, c, cRow, cColumn, bytes)
    runs -= n
    table += n << 3
    b += k << 6
    add = true
  } while (runs > 0)
}

/** A part's sums at all places, two at a time, on top of `start` or, if `add`, of C; `bytes` of each count. */
// biome-ignore format: arguments by what they describe
function places(
  spill: usize, a: usize, aRow: usize, aColumn: usize, rows: i32, columns: i32,
  table: usize, runs: i32, b: usize, start: usize, add: bool, c: usize, cRow: usize, cColumn: usize, bytes: i32,
): void {
  const aTurn = aRow - columns * aColumn, cTurn = cRow - columns * cColumn
  const whole = bytes === 64
  let q = columns
  for (let left = rows * columns; left > 0; left -= 2) {
    const a0 = a, c0 = c
    a += aColumn
    c += cColumn
    q--
    if (q === 0) {
      q = columns
      a += aTurn
      c += cTurn
    }
    const two = left > 1, a1 = two ? a : a0, c1 = c
    const z0 = whole ? c0 : spill, z1 = whole && two ? c1 : spill + 64
    if (add && !whole) {
      memory.copy(spill, c0, bytes)
      if (two) memory.copy(spill + 64, c1, bytes)
    }
    tile(runs, table, a0, a1, 4, b, add ? z0 : start, add ? z1 : start, z0, z1)
    if (!whole) {
      memory.copy(c0, spill, bytes)
      if (two) memory.copy(c1, spill + 64, bytes)
    }
    a += aColumn
    c += cColumn
    q--
    if (q === 0) {
      q = columns
      a += aTurn
      c += cTurn
    }
  }
}
