/**
 * Copies rows top..top+rows and columns left..left+columns of an image [height,width] of `pixel` bytes a place; what
 * lies off the image is 0. Rows of the copy lie side by side.
 */
export function copyBand(
  image: usize,
  height: i32,
  width: i32,
  pixel: i32,
  top: i32,
  rows: i32,
  left: i32,
  columns: i32,
  to: usize,
): void {
  const from = max(left, 0)
  const count = max(min(left + columns, width) - from, 0) * pixel
  const before = count > 0 ? (from - left) * pixel : 0
  const length = columns * pixel
  for (let r = top; r < top + rows; r++) {
    if (r < 0 || r >= height || count === 0) memory.fill(to, 0, length)
    else {
      memory.fill(to, 0, before)
      memory.copy(to + before, image + (r * width + from) * pixel, count)
      memory.fill(to + before + count, 0, length - before - count)
    }
    to += length
  }
}
