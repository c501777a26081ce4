/** Every element the 32 bits `value`, for vectors begin..end of four. */
export function fill(begin: i32, end: i32, value: i32, z: usize): void {
  const v = i32x4.splat(value)
  for (let i = begin; i < end; i++) v128.store(z + (i << 4), v)
}

/**
 * z = x where the condition is not 0, else y, for vectors begin..end of four. A step is 16 bytes, or 0 for a single
 * number.
 */
export function where(
  begin: i32,
  end: i32,
  scratch: usize,
  condition: usize,
  step: i32,
  x: usize,
  xStep: i32,
  y: usize,
  yStep: i32,
  z: usize,
): void {
  let c = spread(condition, step, begin, scratch)
  let a = spread(x, xStep, begin, scratch + 16)
  let b = spread(y, yStep, begin, scratch + 32)
  const zero = f32x4.splat(0)
  for (let i = begin; i < end; i++) {
    const chosen = f32x4.ne(v128.load(c), zero)
    v128.store(z + (i << 4), v128.bitselect(v128.load(a), v128.load(b), chosen))
    c += step
    a += xStep
    b += yStep
  }
}

/** Where to read from vector `begin` on: for a single number, four times it in `scratch`. */
function spread(x: usize, step: i32, begin: i32, scratch: usize): usize {
  if (step !== 0) return x + begin * step
  v128.store(scratch, v128.load32_splat(x))
  return scratch
}
