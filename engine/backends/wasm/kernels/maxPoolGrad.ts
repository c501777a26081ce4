import { give } from './largestTap.ts'

/**
 * dx = dz where x is largest in its window, added up, for the images begin..end, of `size` bytes each; 0 elsewhere. The
 * windows are as in `maxPool`, and of equals it is the first.
 */
// biome-ignore format: arguments by what they describe
export function maxPoolGrad(
  begin: i32, end: i32, dz: usize, x: usize, dx: usize, channels: i32, size: usize,
  rows: usize, rowCount: i32, columns: usize, columnCount: i32, down: usize, across: usize,
): void {
  const pixel: usize = channels << 2
  const alone = liesApart(rows, rowCount, down) && liesApart(columns, columnCount, across)
  let from: usize = dz + begin * rowCount * columnCount * pixel
  for (let n = begin; n < end; n++) {
    memory.fill(dx + n * size, 0, size)
    let row = rows
    for (let r = 0; r < rowCount; r++) {
      const line: usize = n * size + i32.load(row)
      const height = i32.load(row, 4)
      let column = columns
      for (let q = 0; q < columnCount; q++) {
        const at: usize = line + i32.load(column)
        const width = i32.load(column, 4)
        give(from, x + at, dx + at, channels, height, width, down, across, alone)
        column += 8
        from += pixel
      }
      row += 8
    }
  }
}

/** Do windows of two taps, `tap` bytes apart, share none? Then what they give is stored, and nothing added to. */
function liesApart(windows: usize, count: i32, tap: usize): bool {
  for (let i = 1; i < count; i++) {
    const window: usize = windows + (i << 3)
    if (<usize>(i32.load(window) - i32.load(window - 8)) < tap << 1) return false
  }
  return true
}
