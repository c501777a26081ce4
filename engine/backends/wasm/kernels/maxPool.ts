import { storeLanes } from './lanes.ts'
import { countBelow, firstInside } from './taps.ts'

/**
 * z = v where x is largest in each window, the first of equals; v and x as z are NHWC. A part, of begin..end, is `rows`
 * rows of z; its first is row `part * pStep` of an image that lies `apart` bytes behind the part's before. k, s, p and
 * d are the window's size, stride, padding and dilation, over height and width. NaN where a window misses the image.
 */
export function maxPool(
  begin: i32,
  end: i32,
  v: usize,
  x: usize,
  z: usize,
  rows: i32,
  pStep: i32,
  apart: usize,
  height: i32,
  width: i32,
  channels: i32,
  columns: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  ph: i32,
  pw: i32,
  dh: i32,
  dw: i32,
): void {
  const pixel: usize = channels << 2
  const line: usize = width * pixel
  let to: usize = z + begin * rows * columns * pixel
  for (let part = begin; part < end; part++) {
    const image: usize = part * apart
    for (let r = 0; r < rows; r++) {
      const h = (part * pStep + r) * sh - ph
      const top = firstInside(h, dh)
      const down = countBelow(h, dh, kh, height) - top
      for (let q = 0; q < columns; q++) {
        const w = q * sw - pw
        const left = firstInside(w, dw)
        const across = countBelow(w, dw, kw, width) - left
        const at: usize = image + (h + top * dh) * line + (w + left * dw) * pixel
        if (down <= 0 || across <= 0) fillPixel(to, channels)
        else if (v === x) largest(x + at, to, channels, down, across, dh * line, dw * pixel)
        else atLargest(v + at, x + at, to, channels, down, across, dh * line, dw * pixel)
        to += pixel
      }
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
