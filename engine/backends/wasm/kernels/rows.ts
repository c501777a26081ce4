import { apply } from './binary.ts'

/**
 * z = f(x, y) for rows begin..end of n elements, the rows z holds together `size` elements. Row r starts in x at
 * r's `inner` and `outer` part: xRow bytes for each of the `inner` rows, xOuter for each time they are through.
 * Steps within a row are 16 bytes a vector, or 0 for an operand that stays.
 */
export function rows(
  begin: i32,
  end: i32,
  scratch: usize,
  f: i32,
  n: i32,
  size: i32,
  inner: i32,
  x: usize,
  xStep: i32,
  xRow: i32,
  xOuter: i32,
  y: usize,
  yStep: i32,
  yRow: i32,
  yOuter: i32,
  z: usize,
): void {
  let j = begin
  for (; j >= inner; j -= inner) {
    x += xOuter
    y += yOuter
  }
  x += j * xRow
  y += j * yRow
  for (let r = begin; r < end; r++) {
    const at = r * n
    let a = x
    let b = y
    if (xStep === 0) {
      v128.store(scratch, v128.load32_splat(x))
      a = scratch
    }
    if (yStep === 0) {
      v128.store(scratch + 16, v128.load32_splat(y))
      b = scratch + 16
    }
    row(f, min(n, size - at), a, xStep, b, yStep, z + (at << 2), scratch + 32)
    x += xRow
    y += yRow
    if (++j === inner) {
      j = 0
      x += xOuter - inner * xRow
      y += yOuter - inner * yRow
    }
  }
}

/** Never writes outside of the row: its neighbours may be another thread's. */
function row(f: i32, n: i32, x: usize, p: i32, y: usize, q: i32, z: usize, scratch: usize): void {
  if (n < 4) {
    apply(f, x, p, y, q, scratch, scratch + 16)
    for (let c = 0; c < n; c++) i32.store(z + (c << 2), i32.load(scratch + (c << 2)))
    return
  }
  apply(f, x, p, y, q, z, z + ((n & -4) << 2))
  if ((n & 3) === 0) return
  // The last vector ends with the row, and repeats some of the one before it.
  const back = (n << 2) - 16
  apply(f, p === 0 ? x : x + back, p, q === 0 ? y : y + back, q, z + back, z + back + 16)
}
