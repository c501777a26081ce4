import { storeLanes } from './lanes.ts'
import { madd } from './madd.ts'

/** z = a (x - m) + c for rows begin..end of x, which has as many columns as m, a and c have elements. */
// biome-ignore format: arguments by what they describe
export function scaleShift(
  begin: i32, end: i32, x: usize, m: usize, a: usize, c: usize, channels: i32, z: usize,
): void {
  const row: usize = channels << 2
  for (let i = begin; i < end; i++) {
    const at: usize = x + i * row
    const to: usize = z + i * row
    for (let j: usize = 0; j < row; j += 16) {
      const d = f32x4.sub(v128.load(at + j), v128.load(m + j))
      storeLanes(to + j, madd(v128.load(a + j), d, v128.load(c + j)), (row - j) >> 2)
    }
  }
}

/** z = a (x - m) + b y + c, in the same way. */
// biome-ignore format: arguments by what they describe
export function scaleShiftAdd(
  begin: i32, end: i32, x: usize, m: usize, a: usize, c: usize, y: usize, b: usize, channels: i32, z: usize,
): void {
  const row: usize = channels << 2
  for (let i = begin; i < end; i++) {
    const at: usize = x + i * row
    const from: usize = y + i * row
    const to: usize = z + i * row
    for (let j: usize = 0; j < row; j += 16) {
      const d = f32x4.sub(v128.load(at + j), v128.load(m + j))
      const rest = madd(v128.load(a + j), d, v128.load(c + j))
      storeLanes(to + j, madd(v128.load(b + j), v128.load(from + j), rest), (row - j) >> 2)
    }
  }
}
