import { demote, lower, signed, upper } from './lanes.ts'

/** x - y trunc(x / y) of four floats, exactly, as JavaScript's `%`: with the sign of x. */
export function fmod4(x: v128, y: v128): v128 {
  return signed(demote(rest(lower(x), lower(y)), rest(upper(x), upper(y))), x)
}

/** x - y floor(x / y) of four floats, with the sign of y; what is left of x / y is exact, and y is added to it where signs differ. */
export function remainder4(x: v128, y: v128): v128 {
  const left = fmod4(x, y)
  const zero = f32x4.eq(left, f32x4.splat(0))
  const agrees = v128.or(zero, i32x4.ge_s(v128.xor(left, y), i32x4.splat(0)))
  const z = v128.bitselect(left, f32x4.add(left, y), agrees)
  // A zero has the sign of y.
  return v128.bitselect(v128.and(y, f32x4.splat(-0.0)), z, zero)
}

/**
 * What is left of x / y of two floats held as doubles: exact, since quotients below 2^29 of floats are no nearer to an
 * integer than doubles can tell, and their integers times y have at most 53 bits.
 */
function rest(x: v128, y: v128): v128 {
  const q = f64x2.trunc(f64x2.div(x, y))
  const near = f64x2.sub(x, f64x2.mul(q, y))
  const size = f64x2.abs(x)
  const small = f64x2.lt(size, f64x2.abs(y))
  const z = v128.bitselect(x, near, small)
  const large = v128.and(
    f64x2.gt(f64x2.abs(q), f64x2.splat(536870911)),
    f64x2.lt(size, f64x2.splat(Infinity)),
  )
  if (!v128.any_true(large)) return z
  return f64x2(
    f64x2.extract_lane(x, 0) % f64x2.extract_lane(y, 0),
    f64x2.extract_lane(x, 1) % f64x2.extract_lane(y, 1),
  )
}
