import { addAcross, demote, firstLanes, lower, storeLanes, upper } from './lanes.ts'
import { lengthOf } from './norm.ts'

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
 * a row.
 */
// biome-ignore format: arguments by what they describe
export function normalizeGradRows(
  begin: i32, end: i32, scratch: usize, y: usize, x: usize, n: i32, eps: f32, dx: usize,
): void {
  const bytes: usize = n << 2, whole = bytes & ~15
  for (let i = begin; i < end; i++) {
    const row: usize = i * bytes, Y = y + row, to = dx + row
    const length = lengthOf(x + row, x + row + bytes)
    const none = f32x4.le(length, f32x4.splat(eps))
    const by = divisor(length, none), times = factor(none)
    const along = unitAlong(Y, x + row, by, times, scratch, bytes)
    let at: usize = 0
    for (; at < whole; at += 16) v128.store(to + at, across(Y + at, scratch + at, along, by, times))
    if (at < bytes) storeLanes(to + at, across(Y + at, scratch + at, along, by, times), (bytes - at) >> 2)
  }
}

/** z = x / ‖x‖ of `bytes`, and <y, z> in float64, rounded once, in all lanes: the sum that `sumRows` makes. */
function unitAlong(y: usize, x: usize, by: v128, times: v128, z: usize, bytes: usize): v128 {
  let a = f64x2.splat(0),
    b = f64x2.splat(0),
    c = f64x2.splat(0),
    d = f64x2.splat(0)
  let at: usize = 0
  for (; at + 32 <= bytes; at += 32) {
    const z0 = f32x4.mul(f32x4.div(v128.load(x + at), by), times)
    const z1 = f32x4.mul(f32x4.div(v128.load(x + at, 16), by), times)
    v128.store(z + at, z0)
    v128.store(z + at, z1, 16)
    const u = f32x4.mul(v128.load(y + at), z0),
      v = f32x4.mul(v128.load(y + at, 16), z1)
    a = f64x2.add(a, lower(u))
    b = f64x2.add(b, upper(u))
    c = f64x2.add(c, lower(v))
    d = f64x2.add(d, upper(v))
  }
  for (; at < bytes; at += 16) {
    const z0 = f32x4.mul(f32x4.div(v128.load(x + at), by), times)
    v128.store(z + at, z0)
    const u = v128.and(f32x4.mul(v128.load(y + at), z0), firstLanes(<i32>((bytes - at) >> 2)))
    a = f64x2.add(a, lower(u))
    b = f64x2.add(b, upper(u))
  }
  const sum = addAcross(f64x2.add(f64x2.add(a, c), f64x2.add(b, d)))
  return demote(sum, sum)
}

/** (y - z along) / ‖x‖ of one vector. */
function across(y: usize, z: usize, along: v128, by: v128, times: v128): v128 {
  const rest = f32x4.sub(v128.load(y), f32x4.mul(v128.load(z), along))
  return f32x4.mul(f32x4.div(rest, by), times)
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
