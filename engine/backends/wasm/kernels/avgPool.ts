import { storeLanes } from './lanes.ts'

/**
 * z = the sum of x over each window, divided by `area`. Units and windows as in `maxPool`. Row by row first and the rows
 * then, so that rounding grows with the sides of the window and not with its area.
 */
// biome-ignore format: arguments by what they describe
export function avgPool(
  begin: i32, end: i32, x: usize, z: usize, channels: i32, apart: usize, perUnit: i32, rowStep: i32,
  rows: usize, columns: usize, columnCount: i32, down: usize, across: usize, area: i32,
): void {
  const by = f32x4.convert_i32x4_s(i32x4.splat(area))
  const pixel: usize = channels << 2
  let to: usize = z + begin * perUnit * columnCount * pixel
  for (let unit = begin; unit < end; unit++) {
    let row: usize = rows + ((unit * rowStep) << 3)
    for (let r = 0; r < perUnit; r++) {
      const line: usize = x + unit * apart + i32.load(row)
      let column = columns
      for (let q = 0; q < columnCount; q++) {
        mean(line + i32.load(column), to, channels, by, i32.load(row, 4), i32.load(column, 4), down, across)
        column += 8
        to += pixel
      }
      row += 8
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
