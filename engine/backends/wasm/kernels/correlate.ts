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
          if (lanes > 4) places(scratch, from, aRow, aColumn, rows, columns, table, runs, b, start, c, zRow, zColumn, lanes << 2)
          else narrowPlaces(scratch, from, aRow, aColumn, rows, columns, table, runs, b, start, c, zRow, zColumn, lanes)
          b += pitch
          start += biasPitch
        }
      }
    }
  }
}

/** One panel of columns at all places of a band, two places at a time; `bytes` of each count. */
// biome-ignore format: arguments by what they describe
function places(
  spill: usize, a: usize, aRow: usize, aColumn: usize, rows: i32, columns: i32,
  table: usize, runs: i32, b: usize, start: usize, c: usize, cRow: usize, cColumn: usize, bytes: i32,
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
    sum(runs, table, a0, a1, b, start, whole ? c0 : spill, whole && two ? c1 : spill + 64)
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

/** A tile of two places, in parts of at most `TERMS` k's, so that a long sum does not round as one chain. */
// biome-ignore format: arguments by what they describe
function sum(
  runs: i32, table: usize, a0: usize, a1: usize, b: usize, start: usize, c0: usize, c1: usize,
): void {
  let s0 = start, s1 = start
  do {
    let n = 0, k = 0
    for (; n < runs; n++) {
      const more = k + i32.load(table + (n << 3) + 4)
      if (more > TERMS) break
      k = more
    }
    tile(n, table, a0, a1, 4, b, s0, s1, c0, c1)
    runs -= n
    table += n << 3
    b += k << 6
    s0 = c0
    s1 = c1
  } while (runs > 0)
}
