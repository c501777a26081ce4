import { storeLanes } from './lanes.ts'

/**
 * z = v where x is largest in each window, the first of equals; v and x as z are NHWC. A part, of begin..end, is `perPart`
 * rows of z, its first the row `part * rowStep` of an image that lies `apart` bytes behind the part's before.
 *
 * `rows` holds two numbers for each row of windows: where its taps on the image start, in bytes, and how many there are;
 * `columns` the same for each column. The taps lie `down` and `across` bytes apart. NaN where there are none.
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
        if (height === 0 || width === 0) fillPixel(to, channels)
        else if (v === x) largest(x + at, to, channels, height, width, down, across)
        else atLargest(v + at, x + at, to, channels, height, width, down, across)
        column += 8
        to += pixel
      }
      row += 8
    }
  }
}

function fillPixel(z: usize, channels: i32): void {
  for (let c = 0; c < channels; c += 4) storeLanes(z + (c << 2), f32x4.splat(NaN), channels - c)
}

/** The largest of the taps, `down` times `across` of them, for each channel. */
function largest(x: usize, z: usize, channels: i32, down: i32, across: i32, row: usize, column: usize): void {
  let c = 0
  for (; c + 16 <= channels; c += 16) {
    let line: usize = x + (c << 2)
    let a0 = v128.load(line)
    let a1 = v128.load(line, 16)
    let a2 = v128.load(line, 32)
    let a3 = v128.load(line, 48)
    for (let i = 0; i < down; i++) {
      let at = line
      for (let j = 0; j < across; j++) {
        a0 = f32x4.pmax(a0, v128.load(at))
        a1 = f32x4.pmax(a1, v128.load(at, 16))
        a2 = f32x4.pmax(a2, v128.load(at, 32))
        a3 = f32x4.pmax(a3, v128.load(at, 48))
        at += column
      }
      line += row
    }
    const to: usize = z + (c << 2)
    v128.store(to, a0)
    v128.store(to, a1, 16)
    v128.store(to, a2, 32)
    v128.store(to, a3, 48)
  }
  for (; c < channels; c += 4) {
    let line: usize = x + (c << 2)
    let a = v128.load(line)
    for (let i = 0; i < down; i++) {
      let at = line
      for (let j = 0; j < across; j++) {
        a = f32x4.pmax(a, v128.load(at))
        at += column
      }
      line += row
    }
    storeLanes(z + (c << 2), a, channels - c)
  }
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
        value = v128.bitselect(v128.load(v + at), value, f32x4.gt(tap, best))
        best = f32x4.pmax(best, tap)
        at += column
      }
      line += row
    }
    storeLanes(z + (c << 2), value, channels - c)
  }
}
