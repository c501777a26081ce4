import { copyBand } from './band.ts'
import { packPanels } from './panels.ts'
import { tile, WIDTH } from './tile.ts'

/**
 * Units begin..end of dw[k,o] = sum over places of x[place, k] dz[place, o], k counting taps and channels: unit u is
 * panel u mod `panels` (16 columns of a group's dz) over slice u div `panels` of the bands, and its own sum
 * [k,16] at `sums`. A band is copied as for `correlate`, and `offsets` tells where in the copy each k is at the first
 * place.
 */
// biome-ignore format: arguments by what they describe
export function weightGradient(
  begin: i32, end: i32, scratch: usize,
  x: usize, height: i32, width: i32, pixel: i32,
  bands: i32, bandRows: i32, top: i32, left: i32, copyRows: i32, copyColumns: i32,
  rows: i32, columns: i32, stepRow: i32, stepColumn: i32,
  offsets: usize, k: i32, groupIn: i32, groupPanels: i32, groupOut: i32,
  dz: usize, outChannels: i32, panels: i32, sliceBands: i32, allBands: i32, sums: usize,
): void {
  const packed = scratch + (bandRows << 3)
  const copy = packed + ((bandRows * columns) << 6)
  const aRow = stepRow * copyColumns * pixel, aColumn = stepColumn * pixel
  const runs = aRow === columns * aColumn ? 1 : bandRows
  const pitch = ((k + 1) & ~1) << 6
  for (let u = begin; u < end; u++) {
    let panel = u, slice = 0
    for (; panel >= panels; panel -= panels) slice++
    let group = 0, o = panel
    for (; o >= groupPanels; o -= groupPanels) group++
    o *= WIDTH
    const sum = sums + u * pitch
    memory.fill(sum, 0, pitch)
    let n = 0, band = slice * sliceBands
    for (; band >= bands; band -= bands) n++
    const last = min(allBands, (slice + 1) * sliceBands)
    for (let i = slice * sliceBands; i < last; i++) {
      const first = band * bandRows
      const count = min(bandRows, rows - first)
      copyBand(x + n * height * width * pixel, height, width, pixel, first * stepRow + top, copyRows, left, copyColumns, copy)
      const at = dz + (((n * rows + first) * columns * outChannels + group * groupOut + o) << 2)
      packPanels(0, 1, at, count * columns, min(WIDTH, groupOut - o), outChannels << 2, 4, packed, 0)
      for (let r = 0; r < runs; r++) {
        i32.store(scratch + (r << 3), r * aRow, 0)
        i32.store(scratch + (r << 3), runs === 1 ? count * columns : columns, 4)
      }
      accumulate(copy + ((group * groupIn) << 2), min(runs, count), scratch, aColumn, offsets, k, packed, sum)
      band++
      if (band === bands) {
        band = 0
        n++
      }
    }
  }
}

/** sum[k,16] += over the places of a band, two k's at a time. */
// biome-ignore format: arguments by what they describe
function accumulate(
  a: usize, runs: i32, table: usize, step: usize, offsets: usize, k: i32, b: usize, sum: usize,
): void {
  for (; k > 0; k -= 2) {
    const a0: usize = a + i32.load(offsets)
    const a1: usize = k > 1 ? a + i32.load(offsets, 4) : a0
    tile(runs, table, a0, a1, step, b, sum, sum + 64, true)
    offsets += 8
    sum += 128
  }
}

/** Rows begin..end of dw[k,O]: the slices' sums, in order, at the columns of their panels. */
export function sumSlices(
  begin: i32,
  end: i32,
  sums: usize,
  slices: i32,
  panels: i32,
  pitch: usize,
  groupPanels: i32,
  groupOut: i32,
  outChannels: i32,
  dw: usize,
): void {
  for (let k = begin; k < end; k++) {
    let panel = 0
    for (let g = 0; g < outChannels; g += groupOut) {
      for (let p = 0; p < groupPanels; p++) {
        const width = min(WIDTH, groupOut - p * WIDTH)
        const to = dw + ((k * outChannels + g + p * WIDTH) << 2)
        for (let j = 0; j < width; j++) {
          let from = sums + panel * pitch + (k << 6) + (j << 2)
          let total: f32 = 0
          for (let s = 0; s < slices; s++) {
            total = f32.add(total, f32.load(from))
            from += panels * pitch
          }
          f32.store(to + (j << 2), total)
        }
        panel++
      }
    }
  }
}
