/** From here on the host's own copy is faster than a loop, for all that it costs to call. */
const LONG: i32 = 1024

/**
 * Copies rows top..top+rows and columns left..left+columns of an image [height,width] of `pixel` bytes a place; what
 * lies off the image is 0. Rows of the copy lie side by side.
 */
// biome-ignore format: arguments by what they describe
export function copyBand(
  image: usize, height: i32, width: i32, pixel: i32, top: i32, rows: i32, left: i32, columns: i32, to: usize,
): void {
  const first = max(left, 0)
  const count = max(min(left + columns, width) - first, 0) * pixel
  const before = count > 0 ? (first - left) * pixel : 0
  const length = columns * pixel
  for (let r = top; r < top + rows; r++) {
    if (r < 0 || r >= height || count === 0) clear(to, length)
    else {
      clear(to, before)
      copy(to + before, image + (r * width + first) * pixel, count)
      clear(to + before + count, length - before - count)
    }
    to += length
  }
}

/** Sets `bytes`, a multiple of 4, to 0. */
function clear(to: usize, bytes: i32): void {
  const zero = f32x4.splat(0)
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, zero)
    to += 16
  }
  for (; bytes > 0; bytes -= 4) {
    f32.store(to, 0)
    to += 4
  }
}

/** Copies `bytes`, a multiple of 4. */
export function copy(to: usize, from: usize, bytes: i32): void {
  if (bytes >= LONG) {
    memory.copy(to, from, bytes)
    return
  }
  for (; bytes >= 16; bytes -= 16) {
    v128.store(to, v128.load(from))
    to += 16
    from += 16
  }
  for (; bytes > 0; bytes -= 4) {
    f32.store(to, f32.load(from))
    to += 4
    from += 4
  }
}
