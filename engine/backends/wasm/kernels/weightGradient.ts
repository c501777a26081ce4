import { packPanels } from './panels.ts'
import { tile, WIDTH } from './tile.ts'

/** Places that are summed at a time: their panels of x and dz share the first cache. */
const PLACES: i32 = 512

/**
 * Units begin..end of dw[k,o] = sum over places of x[place, k] dz[place, o], k counting taps and the channels of a
 * group. Unit u is block u mod `blocks` of dz's columns (at most 128 of a group) over slice u div `blocks` of the output
 * rows; each has a sum of its own, [panels of o][k][16], `unitBytes` apart.
 *
 * x and dz are copied into panels [places,16], so that both are read in one go. What a k reads is x moved by a tap;
 * `segments` tells it for each panel of k's as up to 16 rows of six numbers: row and column offset of the tap, offset of
 * the channel in a place in bytes, the lane and the number of lanes, and 1 if another follows.
 */
// biome-ignore format: arguments by what they describe
export function weightGradient(
  begin: i32, end: i32, scratch: usize,
  x: usize, height: i32, width: i32, pixel: i32, stepRow: i32, stepColumn: i32,
  dz: usize, rows: i32, columns: i32, outChannels: i32, allRows: i32, sliceRows: i32,
  segments: usize, k: i32, groupIn: i32, groupOut: i32, groupBlocks: i32, blocks: i32,
  sums: usize, unitBytes: usize,
): void {
  const a = scratch, b = scratch + (PLACES << 6)
  const table = b + 8 * (PLACES << 6)
  i32.store(table, 0)
  const kBytes = ((k + 1) & ~1) << 6
  for (let u = begin; u < end; u++) {
    let block = u, slice = 0, group = 0, image = 0
    for (; block >= blocks; block -= blocks) slice++
    for (; block >= groupBlocks; block -= groupBlocks) group++
    let row = slice * sliceRows
    let left = (min(allRows, row + sliceRows) - row) * columns
    let from = dz + ((row * columns * outChannels + group * groupOut + block * 128) << 2)
    for (; row >= rows; row -= rows) image++
    const wide = min(128, groupOut - block * 128)
    const sum = sums + u * unitBytes
    memory.fill(sum, 0, unitBytes)
    let column = 0
    for (; left > 0; left -= PLACES) {
      const count = min(PLACES, left)
      i32.store(table, count, 4)
      packPanels(0, (wide + WIDTH - 1) >> 4, from, count, wide, outChannels << 2, 4, b, PLACES << 6)
      let segment = segments
      for (let i = 0; i < k; i += WIDTH) {
        let more = 1
        for (; more > 0; segment += 24) {
          gather(x + group * (groupIn << 2) + i32.load(segment, 8), height, width, pixel, stepRow, stepColumn, i32.load(segment, 0), i32.load(segment, 4), image, row, column, rows, columns, count, a + (i32.load(segment, 12) << 2), i32.load(segment, 16))
          more = i32.load(segment, 20)
        }
        for (let o = 0; o < wide; o += WIDTH) addPanel(table, a, min(WIDTH, k - i), b + o * (PLACES << 2), sum + (o >> 4) * kBytes + (i << 6))
      }
      from += count * (outChannels << 2)
      column += count
      for (; column >= columns; column -= columns) row++
      for (; row >= rows; row -= rows) image++
    }
  }
}

/** sum[16,16] += over places of a panel of x times a panel of dz, two k's at a time. */
function addPanel(table: usize, a: usize, k: i32, b: usize, sum: usize): void {
  for (; k > 0; k -= 2) {
    tile(1, table, a, k > 1 ? a + 4 : a, 64, b, sum, sum + 64, true)
    a += 8
    sum += 128
  }
}

/**
 * Copies `lanes` numbers from x at each of `count` places from (image, row, column) on, moved by a tap's offsets; 0
 * off the image. Places of the panel are 64 bytes apart.
 */
// biome-ignore format: arguments by what they describe
function gather(
  x: usize, height: i32, width: i32, pixel: i32, stepRow: i32, stepColumn: i32, tapRow: i32, tapColumn: i32,
  image: i32, row: i32, column: i32, rows: i32, columns: i32, count: i32, to: usize, lanes: i32,
): void {
  while (count > 0) {
    let n = min(columns - column, count)
    count -= n
    const h = row * stepRow + tapRow
    let v = column * stepColumn + tapColumn
    if (h < 0 || h >= height) {
      zeros(to, n, lanes)
      to += n << 6
    } else {
      for (; n > 0 && v < 0; n--) {
        zeros(to, 1, lanes)
        v += stepColumn
        to += 64
      }
      let from = x + ((image * height + h) * width + v) * pixel
      const apart: usize = stepColumn * pixel
      if (lanes === 16) {
        for (; n > 0 && v < width; n--) {
          const x0 = v128.load(from, 0), x1 = v128.load(from, 16), x2 = v128.load(from, 32), x3 = v128.load(from, 48)
          v128.store(to, x0, 0)
          v128.store(to, x1, 16)
          v128.store(to, x2, 32)
          v128.store(to, x3, 48)
          v += stepColumn
          from += apart
          to += 64
        }
      } else {
        for (; n > 0 && v < width; n--) {
          for (let i = 0; i < lanes; i++) f32.store(to + (i << 2), f32.load(from + (i << 2)))
          v += stepColumn
          from += apart
          to += 64
        }
      }
      zeros(to, n, lanes)
      to += n << 6
    }
    column = 0
    row++
    if (row === rows) {
      row = 0
      image++
    }
  }
}

function zeros(to: usize, count: i32, lanes: i32): void {
  for (; count > 0; count--) {
    for (let i = 0; i < lanes; i++) f32.store(to + (i << 2), 0)
    to += 64
  }
}
