/** Ones in the first `n` lanes. */
export function firstLanes(n: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(n))
}

/** Stores the first `n` lanes of v; all four when n is more. */
export function storeLanes(z: usize, v: v128, n: i32): void {
  if (n >= 4) {
    v128.store(z, v)
    return
  }
  if (n > 0) v128.store32_lane(z, v, 0)
  if (n > 1) v128.store32_lane(z, v, 1, 4)
  if (n > 2) v128.store32_lane(z, v, 2, 8)
}

/** Lanes 0 and 1 of x as float64. */
export function lower(x: v128): v128 {
  return f64x2.promote_low_f32x4(x)
}

/** Lanes 2 and 3 of x as float64. */
export function upper(x: v128): v128 {
  return f64x2.promote_low_f32x4(i32x4.shuffle(x, x, 2, 3, 2, 3))
}

/** The float64 lanes of a and b as four of float32. */
export function demote(a: v128, b: v128): v128 {
  return i32x4.shuffle(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 1, 4, 5)
}

/** The sum of the float64 lanes of x, in both. */
export function addAcross(x: v128): v128 {
  return f64x2.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1))
}

/** sum + x in float64, where lanes of x are added up in pairs first. */
export function addPairs(sum: v128, x: v128): v128 {
  return f64x2.add(sum, lower(f32x4.add(x, i32x4.shuffle(x, x, 2, 3, 0, 1))))
}

/** z, which is not above 0 where x is below, with the sign of x: that of -0 too. */
export function signed(z: v128, x: v128): v128 {
  return v128.or(z, v128.and(x, f32x4.splat(-0.0)))
}

/** Is x no larger than the largest so far? NaN, the first of them, is larger than all. */
export function notLarger(x: v128, best: v128): v128 {
  return v128.or(f32x4.le(x, best), f32x4.ne(best, best))
}

/** Of a sum: may one of its terms be NaN? Infinities of both signs look like it. */
export function mayHoldNaN(sum: v128): bool {
  return i32x4.bitmask(f32x4.ne(sum, sum)) !== 0
}

/** a b + c, rounded twice; in `wasm-fma` once where the processor has an instruction for it. */
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(c, f32x4.mul(a, b))
}
