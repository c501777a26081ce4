import { storeLanes } from './lanes.ts'
import { countBelow, firstInside } from './taps.ts'

/**
 * z = the sum of x over each window, divided by its area kh * kw. Parts and the other sizes as in `maxPool`. Row by
 * row first and the rows then, so that rounding grows with the sides of the window and not with its area.
 */
export function avgPool(
  begin: i32,
  end: i32,
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
  const area = f32x4.convert_i32x4_s(i32x4.splat(kh * kw))
  const pixel: usize = channels << 2
  const line: usize = width * pixel
  let to: usize = z + begin * rows * columns * pixel
  for (let part = begin; part < end; part++) {
    const image: usize = x + part * apart
    for (let r = 0; r < rows; r++) {
      const h = (part * pStep + r) * sh - ph
      const top = firstInside(h, dh)
      const down = countBelow(h, dh, kh, height) - top
      for (let q = 0; q < columns; q++) {
        const w = q * sw - pw
        const left = firstInside(w, dw)
        const across = countBelow(w, dw, kw, width) - left
        const at: usize = image + (h + top * dh) * line + (w + left * dw) * pixel
        mean(at, to, channels, area, down, across, dh * line, dw * pixel)
        to += pixel
      }
    }
  }
}

/** The sum of the taps divided by the area, for each channel. */
function mean(
  x: usize,
  z: usize,
  channels: i32,
  area: v128,
  down: i32,
  across: i32,
  row: usize,
  column: usize,
): void {
  const zero = f32x4.splat(0)
  let c = 0
  for (; c + 8 <= channels; c += 8) {
    let line: usize = x + (c << 2)
    let sum0 = zero
    let sum1 = zero
    for (let i = 0; i < down; i++) {
      let at = line
      let part0 = zero
      let part1 = zero
      for (let j = 0; j < across; j++) {
        part0 = f32x4.add(part0, v128.load(at))
        part1 = f32x4.add(part1, v128.load(at, 16))
        at += column
      }
      sum0 = f32x4.add(sum0, part0)
      sum1 = f32x4.add(sum1, part1)
      line += row
    }
    v128.store(z + (c << 2), f32x4.div(sum0, area))
    v128.store(z + (c << 2), f32x4.div(sum1, area), 16)
  }
  for (; c < channels; c += 4) {
    let line: usize = x + (c << 2)
    let sum = zero
    for (let i = 0; i < down; i++) {
      let at = line
      let part = zero
      for (let j = 0; j < across; j++) {
        part = f32x4.add(part, v128.load(at))
        at += column
      }
      sum = f32x4.add(sum, part)
      line += row
    }
    storeLanes(z + (c << 2), f32x4.div(sum, area), channels - c)
  }
}
