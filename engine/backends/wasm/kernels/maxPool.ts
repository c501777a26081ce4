import { mayHoldNaN, notLarger, storeLanes } from './lanes.ts'

/**
 * z = v where x is largest in each window, the first of equals or of NaN; v and x as z are NHWC. A unit, of begin..end, is `perUnit`
 * rows of z, its first the row `unit * rowStep` of an image that lies `apart` bytes behind the unit's before.
 *
 * `rows` holds two numbers for each row of windows: where its taps on the image start, in bytes, and how many there are;
 * `columns` the same for each column, one at least. The taps lie `down` and `across` bytes apart.
 */
// biome-ignore format: arguments by what they describe
export function maxPool(
  begin: i32, end: i32, v: usize, x: usize, z: usize, channels: i32, apart: usize, perUnit: i32, rowStep: i32,
  rows: usize, columns: usize, columnCount: i32, down: usize, across: usize,
): void {
  const pixel: usize = channels << 2
  let to: usize = z + begin * perUnit * columnCount * pixel
  for (let unit = begin; unit < end; unit++) {
    let row: usize = rows + ((unit * rowStep) << 3)
    for (let r = 0; r < perUnit; r++) {
      const line: usize = unit * apart + i32.load(row)
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
  let sum = f32x4.splat(0)
  let more = sum
  let c = 0
  if (down === 2 && across === 2) {
    for (; c < channels; c += 8) sum = f32x4.add(sum, largestOfTwoByTwo(x, z, c, channels - c, row, column))
  } else if (down === 3 && across === 3) {
    for (; c + 4 <= channels; c += 4) {
      sum = f32x4.add(sum, largestOfThreeByThree(x + (c << 2), z + (c << 2), row, column))
    }
  }
  for (; c + 16 <= channels; c += 16) {
    let line: usize = x + (c << 2)
    const to: usize = z + (c << 2)
    let a0 = f32x4.splat(-Infinity)
    let a1 = f32x4.splat(-Infinity)
    let a2 = f32x4.splat(-Infinity)
    let a3 = f32x4.splat(-Infinity)
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
        sum = f32x4.add(sum, f32x4.add(v0, v1))
        more = f32x4.add(more, f32x4.add(v2, v3))
        at += column
      }
      line += row
    }
    v128.store(to, a0)
    v128.store(to, a1, 16)
    v128.store(to, a2, 32)
    v128.store(to, a3, 48)
  }
  if (mayHoldNaN(f32x4.add(sum, more))) c = 0
  for (; c < channels; c += 4) largestOfFour(x, z, c, channels - c, down, across, row, column)
}

/**
 * The commonest window, two by two, for the eight channels from c on, of which the first `lanes` are written. Gives the sum
 * of its taps but the first, whose NaN stays by itself.
 */
function largestOfTwoByTwo(x: usize, z: usize, c: i32, lanes: i32, row: usize, column: usize): v128 {
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
  const sum0 = f32x4.add(f32x4.add(b0, c0), d0)
  const sum1 = f32x4.add(f32x4.add(b1, c1), d1)
  return f32x4.add(sum0, sum1)
}

/** The same of three by three, for four channels: more at a time need more registers than there are. */
function largestOfThreeByThree(x: usize, z: usize, row: usize, column: usize): v128 {
  const y: usize = x + row
  const w: usize = y + row
  const last: usize = column << 1
  const a = v128.load(x)
  const b = v128.load(x + column)
  const c = v128.load(x + last)
  const d = v128.load(y)
  const e = v128.load(y + column)
  const f = v128.load(y + last)
  const g = v128.load(w)
  const h = v128.load(w + column)
  const i = v128.load(w + last)
  const above = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d))
  const below = f32x4.pmax(f32x4.pmax(e, f), f32x4.pmax(g, h))
  v128.store(z, f32x4.pmax(f32x4.pmax(above, below), i))
  const sum = f32x4.add(f32x4.add(b, c), f32x4.add(d, e))
  return f32x4.add(sum, f32x4.add(f32x4.add(f, g), f32x4.add(h, i)))
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
