import { copyBand } from './band.ts'
import { tile, WIDTH } from './tile.ts'

/**
 * Bands begin..end of z[n,p,q,:] = sum over taps t of x[n, p stepRow + row_t, q stepColumn + column_t, :] w_t: a
 * convolution, or one phase of its adjoint in x. A band is `bandRows` rows of the output of one image, `bands` of them
 * an image. What it reads of x is copied to `scratch` with its padding, from row `top` and column `left` on, so that a
 * tap is an offset: the `runs` at `table` are for the copy. `panels` holds the weights of each group.
 */
// biome-ignore format: arguments by what they describe
export function correlate(
  begin: i32, end: i32, scratch: usize,
  x: usize, height: i32, width: i32, pixel: i32,
  bands: i32, bandRows: i32, top: i32, left: i32, copyRows: i32, copyColumns: i32,
  rows: i32, columns: i32, stepRow: i32, stepColumn: i32,
  table: usize, runs: i32, panels: usize, pitch: usize, groups: i32, groupIn: i32, groupOut: i32,
  z: usize, zImage: usize, zRow: usize, zColumn: usize,
): void {
  const copy = scratch + 128
  const copyRow = copyColumns * pixel
  for (let u = begin; u < end; u++) {
    let n = 0, band = u
    for (; band >= bands; band -= bands) n++
    const first = band * bandRows
    const count = min(bandRows, rows - first)
    copyBand(x + n * height * width * pixel, height, width, pixel, first * stepRow + top, copyRows, left, copyColumns, copy)
    const out = z + n * zImage + first * zRow
    let b = panels
    for (let g = 0; g < groups; g++) {
      for (let o = 0; o < groupOut; o += WIDTH) {
        const c = out + ((g * groupOut + o) << 2)
        places(scratch, copy + ((g * groupIn) << 2), copyRow * stepRow, pixel * stepColumn, count, columns, table, runs, b, c, zRow, zColumn, min(WIDTH, groupOut - o) << 2)
        b += pitch
      }
    }
  }
}

/** One panel of columns at all places of a band, two places at a time; `bytes` of each count. */
// biome-ignore format: arguments by what they describe
function places(
  spill: usize, a: usize, aRow: usize, aColumn: usize, rows: i32, columns: i32,
  table: usize, runs: i32, b: usize, c: usize, cRow: usize, cColumn: usize, bytes: i32,
): void {
  let p = 0, q = 0
  const whole = bytes === 64
  for (let left = rows * columns; left > 0; left -= 2) {
    const a0 = a + p * aRow + q * aColumn, c0 = c + p * cRow + q * cColumn
    q++
    if (q === columns) {
      q = 0
      p++
    }
    const two = left > 1
    const a1 = two ? a + p * aRow + q * aColumn : a0, c1 = c + p * cRow + q * cColumn
    q++
    if (q === columns) {
      q = 0
      p++
    }
    tile(runs, table, a0, a1, 4, b, whole ? c0 : spill, whole && two ? c1 : spill + 64, false)
    if (!whole) {
      memory.copy(c0, spill, bytes)
      if (two) memory.copy(c1, spill + 64, bytes)
    }
  }
}
