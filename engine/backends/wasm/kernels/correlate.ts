import { copyBand } from './band.ts'
import { narrowPlaces } from './narrow.ts'
import { tile, WIDTH } from './tile.ts'

/** The most k's that are summed before C is stored; no run is longer. */
const TERMS: i32 = 384

/**
 * Bands begin..end of z[n,p,q,:] = bias + sum over taps t of x[n, p stepRow + row_t, q stepColumn + column_t, :] w_t: a
 * convolution, or its adjoint in x, which is one such sum for each phase of the stride. A band is `bandRows` rows of the
 * output of one image, `bands` of them an image. What it reads of x is copied to `scratch` with its padding, from row
 * `top` and column `left` on, so that a tap is an offset.
 *
 * `phases` holds seven numbers for each phase: rows and columns of its output, where that starts in z, where its runs
 * (see `tile`) start after `phases`, their number, and where its weights start in `panels`, for each group, `pitch` apart.
 * The bias comes in panels too, `biasPitch` apart: 0 for one panel of zeros.
 */
// biome-ignore format: arguments by what they describe
export function correlate(
  begin: i32, end: i32, scratch: usize,
  x: usize, height: i32, width: i32, pixel: i32,
  bands: i32, bandRows: i32, top: i32, left: i32, copyRows: i32, copyColumns: i32,
  stepRow: i32, stepColumn: i32, phases: usize, phaseCount: i32, groups: i32, groupIn: i32, groupOut: i32, panels: usize,
  bias: usize, biasPitch: usize, z: usize, zImage: usize, zRow: usize, zColumn: usize,
): void {
  const copy = scratch + 128
  const aRow: usize = stepRow * copyColumns * pixel, aColumn: usize = stepColumn * pixel
  for (let u = begin; u < end; u++) {
    let n = 0, band = u
    for (; band >= bands; band -= bands) n++
    const first = band * bandRows
    copyBand(x + n * height * width * pixel, height, width, pixel, first * stepRow + top, copyRows, left, copyColumns, copy)
    for (let phase = phases; phase < phases + phaseCount * 28; phase += 28) {
      const rows = min(bandRows, i32.load(phase) - first), columns = i32.load(phase, 4)
      const pitch: usize = i32.load(phase, 24)
      const table: usize = phases + i32.load(phase, 12)
      let b: usize = panels + i32.load(phase, 20), start = bias
      for (let g = 0; g < groups; g++) {
        for (let o = 0; o < groupOut; o += WIDTH) {
          const c: usize = z + i32.load(phase, 8) + n * zImage + first * zRow + ((g * groupOut + o) << 2)
          const lanes = min(WIDTH, groupOut - o), runs = i32.load(phase, 16), from = copy + ((g * groupIn) << 2)
          if (lanes > 4) inParts(scratch, from, aRow, aColumn, rows, columns, table, runs, b, start, c, zRow, zColumn, lanes << 2)
          else narrowPlaces(scratch, from, aRow, aColumn, rows, columns, table, runs, b, start, c, zRow, zColumn, lanes)
          b += pitch
          start += biasPitch
        }
      }
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
