import { storeLanes } from './lanes.ts'
import { countBelow, firstInside } from './taps.ts'

/** dx = the sum of dz / (kh * kw) over the windows that cover each place, for the images begin..end. */
export function avgPoolInput(
  begin: i32,
  end: i32,
  dz: usize,
  dx: usize,
  rows: i32,
  columns: i32,
  height: i32,
  width: i32,
  channels: i32,
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
  const size: usize = height * line
  let from: usize = dz + begin * rows * columns * pixel
  for (let n = begin; n < end; n++) {
    const image: usize = dx + n * size
    memory.fill(image, 0, size)
    for (let r = 0; r < rows; r++) {
      const h = r * sh - ph
      const top = firstInside(h, dh)
      const down = countBelow(h, dh, kh, height) - top
      for (let q = 0; q < columns; q++) {
        const w = q * sw - pw
        const left = firstInside(w, dw)
        const across = countBelow(w, dw, kw, width) - left
        const at: usize = image + (h + top * dh) * line + (w + left * dw) * pixel
        spread(from, at, channels, area, down, across, dh * line, dw * pixel)
        from += pixel
      }
    }
  }
}

/** Adds dz / area to dx at each of the taps, for each channel. */
function spread(
  dz: usize,
  dx: usize,
  channels: i32,
  area: v128,
  down: i32,
  across: i32,
  row: usize,
  column: usize,
): void {
  let c = 0
  for (; c + 8 <= channels; c += 8) {
    const d0 = f32x4.div(v128.load(dz + (c << 2)), area)
    const d1 = f32x4.div(v128.load(dz + (c << 2), 16), area)
    let line: usize = dx + (c << 2)
    for (let i = 0; i < down; i++) {
      let at = line
      for (let j = 0; j < across; j++) {
        v128.store(at, f32x4.add(v128.load(at), d0))
        v128.store(at, f32x4.add(v128.load(at, 16), d1), 16)
        at += column
      }
      line += row
    }
  }
  for (; c < channels; c += 4) {
    const d = f32x4.div(v128.load(dz + (c << 2)), area)
    let line: usize = dx + (c << 2)
    for (let i = 0; i < down; i++) {
      let at = line
      for (let j = 0; j < across; j++) {
        storeLanes(at, f32x4.add(v128.load(at), d), channels - c)
        at += column
      }
      line += row
    }
  }
}
