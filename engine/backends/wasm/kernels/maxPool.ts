import { storeLanes } from './lanes.ts'
import { mayHoldNaN, notLarger } from './largestTap.ts'

/**
 * z = v where x is largest in each window, the first of equals or of NaN; v and x as z are NHWC. A part, of begin..end, is `perPart`
 * rows of z, its first the row `part * rowStep` of an image that lies `apart` bytes behind the part's before.
 *
 * `rows` holds two numbers for each row of windows: where its taps on the image start, in bytes, and how many there are;
 * `columns` the same for each column, one at least. The taps lie `down` and `across` bytes apart.
 */
// biome-ignore format: arguments by what they describe
export function maxPool(
  begin: i32, end: i32, v: usize, x: usize, z: usize, channels: i32, apart: usize, perPart: i32, rowStep: i32,
  rows: usize, columns: usize, columnCount: i32, down: usize, across: usize,
): void {
  const pixel: usize = channels << 2
  let to: usize = z + begin * perPart * columnCount * pixel
  for (let part = begin; part < end; part++) {
    let row: usize = rows + ((part * rowStep) << 3)
    for (let r = 0; r < perPart; r++) {
      const line: usize = part * apart + i32.load(row)
      const height = i32.load(row, 4)
      let column = columns
      for (let q = 0; q < columnCount; q++) {
        const at: usize = line + i32.load(column)
        const width = i32.load(column, 4)
        if (v === x) largest(x + at, to, channels, height, width, down, across)
        else atLargest(v + at, x + at, to, channels, height, width, down, across)
        column += 8
        to += pixel
      }
      row += 8
    }
  }
}

/**
 * The largest of the taps, `down` times `across` of them, for each channel; NaN where one of them is, of which the sum tells
 * at the least cost.
 */
function largest(x: usize, z: usize, channels: i32, down: i32, across: i32, row: usize, column: usize): void {
  let c = 0
  if (down === 2 && across === 2) {
    for (; c < channels; c += 8) largestOfTwoByTwo(x, z, c, channels - c, row, column)
  }
  for (; c + 16 <= channels; c += 16) {
    let line: usize = x + (c << 2)
    const to: usize = z + (c << 2)
    let a0 = f32x4.splat(-Infinity)
    let a1 = f32x4.splat(-Infinity)
    let a2 = f32x4.splat(-Infinity)
    let a3 = f32x4.splat(-Infinity)
    let sum0 = f32x4.splat(0)
    let sum1 = f32x4.splat(0)
    for (let i = 0; i < down; i++) {
      let at = line
      for (let j = 0; j < across; j++) {
        const v0 = v128.load(at)
        const v1 = v128.load(at, 16)
        const v2 = v128.load(at, 32)
        const v3 = v128.load(at, 48)
        a0 = f32x4.pmax(a0, v0)
        a1 = f32x4.pmax(a1, v1)
        a2 = f32x4.pmax(a2, v2)
        a3 = f32x4.pmax(a3, v3)
        sum0 = f32x4.add(sum0, f32x4.add(v0, v1))
        sum1 = f32x4.add(sum1, f32x4.add(v2, v3))
        at += column
      }
      line += row
    }
    v128.store(to, a0)
    v128.store(to, a1, 16)
    v128.store(to, a2, 32)
    v128.store(to, a3, 48)
    if (mayHoldNaN(f32x4.add(sum0, sum1))) {
      for (let d = c; d < c + 16; d += 4) largestOfFour(x, z, d, 4, down, across, row, column)
    }
  }
  for (; c < channels; c += 4) largestOfFour(x, z, c, channels - c, down, across, row, column)
}

/** The commonest window, two by two, for the eight channels from c on, of which the first `lanes` are written. */
function largestOfTwoByTwo(x: usize, z: usize, c: i32, lanes: i32, row: usize, column: usize): void {
  const at: usize = x + (c << 2)
  const to: usize = z + (c << 2)
  const a0 = v128.load(at)
  const a1 = v128.load(at, 16)
  const b0 = v128.load(at + column)
  const b1 = v128.load(at + column, 16)
  const c0 = v128.load(at + row)
  const c1 = v128.load(at + row, 16)
  const d0 = v128.load(at + row + column)
  const d1 = v128.load(at + row + column, 16)
  storeLanes(to, f32x4.pmax(f32x4.pmax(a0, b0), f32x4.pmax(c0, d0)), lanes)
  storeLanes(to + 16, f32x4.pmax(f32x4.pmax(a1, b1), f32x4.pmax(c1, d1)), lanes - 4)
  const sum0 = f32x4.add(f32x4.add(a0, b0), f32x4.add(c0, d0))
  const sum1 = f32x4.add(f32x4.add(a1, b1), f32x4.add(c1, d1))
  if (mayHoldNaN(f32x4.add(sum0, sum1))) {
    largestOfFour(x, z, c, lanes, 2, 2, row, column)
    largestOfFour(x, z, c + 4, lanes - 4, 2, 2, row, column)
  }
}

/** The same for the four channels from c on, of which the first `lanes` are written. */
function largestOfFour(
  x: usize,
  z: usize,
  c: i32,
  lanes: i32,
  down: i32,
  across: i32,
  row: usize,
  column: usize,
): void {
  let line: usize = x + (c << 2)
  let a = f32x4.splat(-Infinity)
  let odd = i32x4.splat(0)
  for (let i = 0; i < down; i++) {
    let at = line
    for (let j = 0; j < across; j++) {
      const v = v128.load(at)
      a = f32x4.pmax(a, v)
      odd = v128.or(odd, f32x4.ne(v, v))
      at += column
    }
    line += row
  }
  storeLanes(z + (c << 2), v128.or(a, odd), lanes)
}

/** v at the largest of x's taps, for each channel. */
function atLargest(
  v: usize,
  x: usize,
  z: usize,
  channels: i32,
  down: i32,
  across: i32,
  row: usize,
  column: usize,
): void {
  for (let c = 0; c < channels; c += 4) {
    let line: usize = c << 2
    let best = v128.load(x + line)
    let value = v128.load(v + line)
    for (let i = 0; i < down; i++) {
      let at = line
      for (let j = 0; j < across; j++) {
        const tap = v128.load(x + at)
        const stays = notLarger(tap, best)
        value = v128.bitselect(value, v128.load(v + at), stays)
        best = v128.bitselect(best, tap, stays)
        at += column
      }
      line += row
    }
    storeLanes(z + (c << 2), value, channels - c)
  }
}
