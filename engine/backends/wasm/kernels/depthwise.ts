import { activate } from './activate.ts'
import { madd, storeLanes } from './lanes.ts'

/** What `depthwise` is told: a block of memory, four bytes a field. Distances are in bytes. */
@unmanaged
class DepthwiseArguments {
  /** The images, and from one to the next. */
  x: usize
  image: usize
  /** Weights [KH,KW,group,C], and C numbers that the sums start from. */
  w: usize
  bias: usize
  /** Of the activation of z, as `activate` has them. */
  slopes: usize
  z: usize
  channels: i32
  /** Channels of a group: 1 or 2. */
  group: i32
  /** Windows of the rows and of the columns of the output. */
  rows: usize
  rowCount: i32
  columns: usize
  columnCount: i32
  /** From one tap to the next, downwards and to the right: of x, and of the weights. */
  down: isize
  across: isize
  weightDown: isize
  weightAcross: isize
}

/** A window along one side: where the first tap on the image reads, where its weight lies, and how many such taps there are. */
export const WINDOW: i32 = 12

/**
 * Rows begin..end, over all images, of z[n,p,q,c] = bias_c + sum over taps and the channels k of c's group of
 * x[n, .., k] w_kc: a convolution of narrow groups, or its adjoint in x. Windows hold the taps on the image only.
 */
export function depthwise(begin: i32, end: i32, block: usize): void {
  const args = changetype<DepthwiseArguments>(block)
  const columnCount = args.columnCount,
    pixel: usize = args.channels << 2
  let to: usize = args.z + begin * columnCount * pixel
  for (let u = begin; u < end; u++) {
    const row = args.rows + (u % args.rowCount) * WINDOW
    const line: usize = args.x + (u / args.rowCount) * args.image + i32.load(row)
    const weights: usize = args.w + i32.load(row, 4)
    for (let q = 0; q < columnCount; q++) {
      const column = args.columns + q * WINDOW
      const x: usize = line + i32.load(column),
        w: usize = weights + i32.load(column, 4)
      if (args.group === 1) alone(args, x, w, i32.load(row, 8), i32.load(column, 8), to)
      else inPairs(args, x, w, i32.load(row, 8), i32.load(column, 8), to)
      to += pixel
    }
    activate(to - columnCount * pixel, columnCount, args.channels, args.slopes)
  }
}

/** The sums of one place, each channel by itself. */
function alone(args: DepthwiseArguments, x: usize, w: usize, rows: i32, columns: i32, z: usize): void {
  const channels = args.channels,
    down = args.down,
    across = args.across
  const weightDown = args.weightDown,
    weightAcross = args.weightAcross,
    bias = args.bias
  let c = 0
  for (; c + 16 <= channels; c += 16) {
    const lane: usize = c << 2
    let line = x + lane,
      weights = w + lane
    let a = v128.load(bias + lane),
      b = v128.load(bias + lane, 16)
    let d = v128.load(bias + lane, 32),
      e = v128.load(bias + lane, 48)
    for (let i = rows; i > 0; i--) {
      let at = line,
        by = weights
      for (let j = columns; j > 0; j--) {
        a = madd(v128.load(at), v128.load(by), a)
        b = madd(v128.load(at, 16), v128.load(by, 16), b)
        d = madd(v128.load(at, 32), v128.load(by, 32), d)
        e = madd(v128.load(at, 48), v128.load(by, 48), e)
        at += across
        by += weightAcross
      }
      line += down
      weights += weightDown
    }
    v128.store(z + lane, a)
    v128.store(z + lane, b, 16)
    v128.store(z + lane, d, 32)
    v128.store(z + lane, e, 48)
  }
  for (; c < channels; c += 4) {
    const lane: usize = c << 2
    let line = x + lane,
      weights = w + lane
    let a = v128.load(bias + lane)
    for (let i = rows; i > 0; i--) {
      let at = line,
        by = weights
      for (let j = columns; j > 0; j--) {
        a = madd(v128.load(at), v128.load(by), a)
        at += across
        by += weightAcross
      }
      line += down
      weights += weightDown
    }
    storeLanes(z + lane, a, channels - c)
  }
}

/** The sums of one place, where channels 2i and 2i + 1 are a group. */
function inPairs(args: DepthwiseArguments, x: usize, w: usize, rows: i32, columns: i32, z: usize): void {
  const channels = args.channels,
    pixel: usize = channels << 2,
    down = args.down,
    across = args.across
  const weightDown = args.weightDown,
    weightAcross = args.weightAcross,
    bias = args.bias
  let c = 0
  for (; c + 8 <= channels; c += 8) {
    const lane: usize = c << 2
    let line = x + lane,
      weights = w + lane
    let a = v128.load(bias + lane),
      b = v128.load(bias + lane, 16)
    for (let i = rows; i > 0; i--) {
      let at = line,
        by = weights
      for (let j = columns; j > 0; j--) {
        const p = v128.load(at),
          q = v128.load(at, 16),
          second = by + pixel
        a = madd(evens(p), v128.load(by), a)
        b = madd(evens(q), v128.load(by, 16), b)
        a = madd(odds(p), v128.load(second), a)
        b = madd(odds(q), v128.load(second, 16), b)
        at += across
        by += weightAcross
      }
      line += down
      weights += weightDown
    }
    v128.store(z + lane, a)
    v128.store(z + lane, b, 16)
  }
  for (; c < channels; c += 4) {
    const lane: usize = c << 2
    let line = x + lane,
      weights = w + lane
    let a = v128.load(bias + lane)
    for (let i = rows; i > 0; i--) {
      let at = line,
        by = weights
      for (let j = columns; j > 0; j--) {
        const p = v128.load(at)
        a = madd(evens(p), v128.load(by), a)
        a = madd(odds(p), v128.load(by + pixel), a)
        at += across
        by += weightAcross
      }
      line += down
      weights += weightDown
    }
    storeLanes(z + lane, a, channels - c)
  }
}

/** The first of each pair of lanes, twice. */
export function evens(x: v128): v128 {
  return i32x4.shuffle(x, x, 0, 0, 2, 2)
}

/** The second of each pair of lanes, twice. */
export function odds(x: v128): v128 {
  return i32x4.shuffle(x, x, 1, 1, 3, 3)
}
