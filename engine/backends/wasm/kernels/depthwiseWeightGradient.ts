import { evens, odds, WINDOW } from './depthwise.ts'
import { madd, storeLanes } from './lanes.ts'

/** What `depthwiseWeightGradient` is told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class DepthwiseWeightGradientArguments {
  /** The images, and from one to the next. */
  x: usize
  image: usize
  /** The gradient of the output, a row of it, and its rows over all images. */
  dz: usize
  dzRow: usize
  allRows: i32
  /** Sums [slices,KH,KW,group,C], the bytes of one, and the rows of dz that it is over. */
  sums: usize
  sumBytes: usize
  sliceRows: i32
  channels: i32
  /** Channels of a group: 1 or 2. */
  group: i32
  /** Windows of the rows of dz. */
  rows: usize
  rowCount: i32
  /** For each column of taps where x and dz are read first, and at how many places of a row. */
  columns: usize
  columnCount: i32
  /** From one row of taps to the next, of x; and from one place to the next. */
  down: isize
  step: isize
  /** From one tap to the next, downwards and to the right, of the sums. */
  weightDown: isize
  weightAcross: isize
}

/**
 * Slices begin..end of dw[i,j,k,c] = sum over places of x[n, .., k] dz[n,p,q,c], k a channel of c's group: each the sum
 * over `sliceRows` rows of dz.
 */
export function depthwiseWeightGradient(begin: i32, end: i32, block: usize): void {
  const args = changetype<DepthwiseWeightGradientArguments>(block)
  const channels = args.channels,
    pairs = args.group === 2,
    step = args.step,
    pixel: usize = channels << 2
  for (let s = begin; s < end; s++) {
    const sums: usize = args.sums + s * args.sumBytes
    memory.fill(sums, 0, args.sumBytes)
    const last = min(args.allRows, (s + 1) * args.sliceRows)
    for (let u = s * args.sliceRows; u < last; u++) {
      const row = args.rows + (u % args.rowCount) * WINDOW
      const dz: usize = args.dz + u * args.dzRow
      const x: usize = args.x + (u / args.rowCount) * args.image + i32.load(row)
      for (let c = 0; c < channels; c += 16) {
        const lane: usize = c << 2,
          left = channels - c
        let line = x + lane,
          sum = sums + i32.load(row, 4) + lane
        for (let i = i32.load(row, 8); i > 0; i--) {
          let to = sum
          for (let j = 0; j < args.columnCount; j++) {
            const column = args.columns + j * WINDOW
            const places = i32.load(column, 8)
            const from: usize = line + i32.load(column),
              by: usize = dz + lane + i32.load(column, 4)
            if (pairs) addPairs(from, step, by, pixel, places, to, left)
            else if (left >= 16) addSixteen(from, step, by, pixel, places, to)
            else addUpTo(from, step, by, pixel, places, to, left)
            to += args.weightAcross
          }
          line += args.down
          sum += args.weightDown
        }
      }
    }
  }
}

/** sum[16] += sum over places of x[16] dz[16]. */
function addSixteen(x: usize, step: isize, dz: usize, pixel: usize, places: i32, sum: usize): void {
  const zero = f32x4.splat(0)
  let a = zero,
    b = zero,
    c = zero,
    d = zero
  for (; places > 0; places--) {
    a = madd(v128.load(x), v128.load(dz), a)
    b = madd(v128.load(x, 16), v128.load(dz, 16), b)
    c = madd(v128.load(x, 32), v128.load(dz, 32), c)
    d = madd(v128.load(x, 48), v128.load(dz, 48), d)
    x += step
    dz += pixel
  }
  v128.store(sum, f32x4.add(v128.load(sum), a))
  v128.store(sum, f32x4.add(v128.load(sum, 16), b), 16)
  v128.store(sum, f32x4.add(v128.load(sum, 32), c), 32)
  v128.store(sum, f32x4.add(v128.load(sum, 48), d), 48)
}

/** The same of the first `lanes`, fewer than 16. */
function addUpTo(x: usize, step: isize, dz: usize, pixel: usize, places: i32, sum: usize, lanes: i32): void {
  for (; lanes > 0; lanes -= 4) {
    let total = f32x4.splat(0),
      from = x,
      by = dz
    for (let n = places; n > 0; n--) {
      total = madd(v128.load(from), v128.load(by), total)
      from += step
      by += pixel
    }
    storeLanes(sum, f32x4.add(v128.load(sum), total), lanes)
    x += 16
    dz += 16
    sum += 16
  }
}

/** The same of the first `lanes`, at most 16, by both channels of a pair: their sums lie a pixel apart. */
// biome-ignore format: arguments by what they describe
function addPairs(x: usize, step: isize, dz: usize, pixel: usize, places: i32, sum: usize, lanes: i32): void {
  for (let c = 0; c < min(lanes, 16); c += 4) {
    let first = f32x4.splat(0), second = first, from = x, by = dz
    for (let n = places; n > 0; n--) {
      const values = v128.load(from), d = v128.load(by)
      first = madd(evens(values), d, first)
      second = madd(odds(values), d, second)
      from += step
      by += pixel
    }
    const to = sum + pixel
    storeLanes(sum, f32x4.add(v128.load(sum), first), lanes - c)
    storeLanes(to, f32x4.add(v128.load(to), second), lanes - c)
    x += 16
    dz += 16
    sum += 16
  }
}
