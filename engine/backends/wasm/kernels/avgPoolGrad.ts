import { storeLanes } from './lanes.ts'

/** dx = the sum of dz / area over the windows that cover each place, for the images begin..end, of `size` bytes each. */
// biome-ignore format: arguments by what they describe
export function avgPoolGrad(
  begin: i32, end: i32, dz: usize, dx: usize, channels: i32, size: usize,
  rows: usize, rowCount: i32, columns: usize, columnCount: i32, down: usize, across: usize, area: i32,
): void {
  const by = f32x4.convert_i32x4_s(i32x4.splat(area))
  const pixel: usize = channels << 2
  let from: usize = dz + begin * rowCount * columnCount * pixel
  for (let n = begin; n < end; n++) {
    const image: usize = dx + n * size
    memory.fill(image, 0, size)
    let row = rows
    for (let r = 0; r < rowCount; r++) {
      const line: usize = image + i32.load(row)
      let column = columns
      for (let q = 0; q < columnCount; q++) {
        spread(from, line + i32.load(column), channels, by, i32.load(row, 4), i32.load(column, 4), down, across)
        column += 8
        from += pixel
      }
      row += 8
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
