import { give } from './largestTap.ts'
import { countBelow, firstInside } from './taps.ts'

/**
 * dx = dz where x is largest in its window, added up, for the images begin..end; 0 elsewhere. As in `maxPool`: the
 * first of equals; `rows` and `columns` are those of dz.
 */
export function maxPoolInput(
  begin: i32,
  end: i32,
  dz: usize,
  x: usize,
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
  const pixel: usize = channels << 2
  const line: usize = width * pixel
  const size: usize = height * line
  let from: usize = dz + begin * rows * columns * pixel
  for (let n = begin; n < end; n++) {
    const image: usize = n * size
    memory.fill(dx + image, 0, size)
    for (let r = 0; r < rows; r++) {
      const h = r * sh - ph
      const top = firstInside(h, dh)
      const down = countBelow(h, dh, kh, height) - top
      for (let q = 0; q < columns; q++) {
        const w = q * sw - pw
        const left = firstInside(w, dw)
        const across = countBelow(w, dw, kw, width) - left
        const at: usize = image + (h + top * dh) * line + (w + left * dw) * pixel
        if (down > 0 && across > 0) give(from, x + at, dx + at, channels, down, across, dh * line, dw * pixel)
        from += pixel
      }
    }
  }
}
