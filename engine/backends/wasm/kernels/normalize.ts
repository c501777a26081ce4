import { storeLanes } from './lanes.ts'
import { lengthOf } from './norm.ts'
import { sumRows } from './sum.ts'

/** z = x / ‖x‖, and 0 where ‖x‖ <= eps, for rows begin..end of n elements. */
export function normalizeRows(begin: i32, end: i32, x: usize, n: i32, eps: f32, z: usize): void {
  for (let i = begin; i < end; i++) {
    const row: usize = i * (n << 2)
    const length = lengthOf(x + row, x + row + (n << 2))
    const none = f32x4.le(length, f32x4.splat(eps))
    over(x + row, divisor(length, none), factor(none), z + row, n)
  }
}

/**
 * Its gradient, (y - z <y, z>) / ‖x‖, z = x / ‖x‖, and 0 where ‖x‖ <= eps, for rows begin..end of n elements. `scratch` holds
 * two rows and a number.
 */
// biome-ignore format: arguments by what they describe
export function normalizeGradRows(
  begin: i32, end: i32, scratch: usize, y: usize, x: usize, n: i32, eps: f32, dx: usize,
): void {
  const bytes: usize = n << 2
  const lines: usize = (bytes + 15) & -16
  const z = scratch, products = z + lines, sum = products + lines
  for (let i = begin; i < end; i++) {
    const row: usize = i * bytes
    const length = lengthOf(x + row, x + row + bytes)
    const none = f32x4.le(length, f32x4.splat(eps))
    const by = divisor(length, none), times = factor(none)
    over(x + row, by, times, z, n)
    for (let at: usize = 0; at < bytes; at += 16)
      v128.store(products + at, f32x4.mul(v128.load(y + row + at), v128.load(z + at)))
    sumRows(0, 1, products, products + bytes, n, sum)
    const along = v128.load32_splat(sum)
    for (let at: usize = 0; at < bytes; at += 16) {
      const rest = f32x4.sub(v128.load(y + row + at), f32x4.mul(v128.load(z + at), along))
      storeLanes(dx + row + at, f32x4.mul(f32x4.div(rest, by), times), (bytes - at) >> 2)
    }
  }
}

/** The length, or 1 in the place of none. */
function divisor(length: v128, none: v128): v128 {
  return v128.bitselect(f32x4.splat(1), length, none)
}

/** 1, or 0 where there is no length: what is multiplied keeps the sign of its zero. */
function factor(none: v128): v128 {
  return v128.andnot(f32x4.splat(1), none)
}

function over(x: usize, by: v128, times: v128, z: usize, n: i32): void {
  for (; n > 0; n -= 4) {
    storeLanes(z, f32x4.mul(f32x4.div(v128.load(x), by), times), n)
    x += 16
    z += 16
  }
}
