import { copyBand } from './band.ts'
import { packPanels } from './panels.ts'
import { tile, WIDTH } from './tile.ts'

/**
 * Units begin..end of dw[k,o] = sum over places of x[place, k] dz[place, o], k counting taps and the channels of a
 * group. Unit u is block u mod `blocks` of dz's columns (at most 128 of a group) over slice u div `blocks` of the
 * bands; each has a sum of its own, [panels of o][k][16], `unitBytes` apart.
 *
 * A band is `images` images, or `bandRows` rows of one, with `bandPlaces` places. What it reads of x is copied with its
 * padding, from row `top` and column `left` on; from the copy each panel of k's [places,16], and dz's panels, are laid
 * out for the tile. `segments` tells where the lanes of a panel are read: for each run of neighbours its offset in the
 * copy in bytes, its first lane, its lanes, and 1 if another run follows.
 */
// biome-ignore format: arguments by what they describe
export function weightGradient(
  begin: i32, end: i32, scratch: usize,
  x: usize, height: i32, width: i32, pixel: i32, batch: i32,
  images: i32, bands: i32, bandRows: i32, bandPlaces: i32, top: i32, left: i32, copyRows: i32, copyColumns: i32,
  dz: usize, rows: i32, columns: i32, stepRow: i32, stepColumn: i32, outChannels: i32,
  segments: usize, k: i32, groupIn: i32, groupOut: i32, groupBlocks: i32, blocks: i32,
  allBands: i32, sliceBands: i32, sums: usize, unitBytes: usize,
): void {
  const a = scratch + 64
  const b = a + (bandPlaces << 6)
  const copy = b + (bandPlaces << 9)
  const imageBytes = copyRows * copyColumns * pixel
  const kBytes = ((k + 1) & ~1) << 6
  i32.store(scratch, 0)
  for (let u = begin; u < end; u++) {
    let block = u, slice = 0, group = 0, image = 0
    for (; block >= blocks; block -= blocks) slice++
    for (; block >= groupBlocks; block -= groupBlocks) group++
    const wide = min(128, groupOut - block * 128)
    const sum = sums + u * unitBytes
    memory.fill(sum, 0, unitBytes)
    let band = slice * sliceBands
    const last = min(allBands, band + sliceBands)
    for (; band >= bands; band -= bands) image += images
    for (let i = slice * sliceBands; i < last; i++) {
      const first = band * bandRows
      const count = min(images, batch - image), lines = min(bandRows, rows - first)
      const places = count * lines * columns
      for (let n = 0; n < count; n++) {
        copyBand(x + (image + n) * height * width * pixel, height, width, pixel, first * stepRow + top, copyRows, left, copyColumns, copy + n * imageBytes)
      }
      const from = dz + (((image * rows + first) * columns * outChannels + group * groupOut + block * 128) << 2)
      packPanels(0, (wide + WIDTH - 1) >> 4, from, places, wide, outChannels << 2, 4, b, bandPlaces << 6)
      i32.store(scratch, places, 4)
      let segment = segments
      for (let j = 0; j < k; j += WIDTH) {
        let more = 1
        for (; more > 0; segment += 16) {
          const lane = i32.load(segment, 4), lanes = i32.load(segment, 8)
          gather(copy + group * (groupIn << 2) + i32.load(segment), count, imageBytes, lines, stepRow * copyColumns * pixel, columns, stepColumn * pixel, a + (lane << 2), lanes)
          more = i32.load(segment, 12)
        }
        for (let o = 0; o < wide; o += WIDTH) addPanel(scratch, a, min(WIDTH, k - j), b + o * (bandPlaces << 2), sum + (o >> 4) * kBytes + (j << 6))
      }
      band++
      if (band === bands) {
        band = 0
        image += images
      }
    }
  }
}

/** sum[16,16] += over places of a panel of x times a panel of dz, two k's at a time. */
function addPanel(table: usize, a: usize, k: i32, b: usize, sum: usize): void {
  for (; k > 0; k -= 2) {
    tile(1, table, a, k > 1 ? a + 4 : a, 64, b, sum, sum + 64, sum, sum + 64)
    a += 8
    sum += 128
  }
}

/** Copies `lanes` numbers at each place of a band to lanes of a panel, 64 bytes a place. */
// biome-ignore format: arguments by what they describe
function gather(
  from: usize, images: i32, image: usize, rows: i32, row: usize, columns: i32, column: usize, to: usize, lanes: i32,
): void {
  for (; images > 0; images--) {
    let line = from
    for (let r = rows; r > 0; r--) {
      let place = line
      if (lanes === 16) {
        for (let q = columns; q > 0; q--) {
          const x0 = v128.load(place, 0), x1 = v128.load(place, 16), x2 = v128.load(place, 32), x3 = v128.load(place, 48)
          v128.store(to, x0, 0)
          v128.store(to, x1, 16)
          v128.store(to, x2, 32)
          v128.store(to, x3, 48)
          place += column
          to += 64
        }
      } else {
        for (let q = columns; q > 0; q--) {
          for (let i = 0; i < lanes; i++) f32.store(to + (i << 2), f32.load(place + (i << 2)))
          place += column
          to += 64
        }
      }
      line += row
    }
    from += image
  }
}
