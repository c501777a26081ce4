import { ADD, COPY, DIV, EQUAL, GATE, MAXIMUM, MINIMUM, MUL, POW, SUB } from './codes.ts'
import { compare } from './compare.ts'
import { pow4 } from './pow.ts'

/**
 * z = f(x, y), vector by vector up to the address `end` in z. Operands move on by p and q bytes a vector: 16, or 0
 * for one that stays. The larger or smaller of a number and NaN is NaN.
 */
export function apply(f: i32, x: usize, p: i32, y: usize, q: i32, z: usize, end: usize): void {
  if (f === GATE) {
    for (; z < end; z += 16, x += p, y += q) v128.store(z, passed(v128.load(x), v128.load(y)))
    return
  }
  if (f >= EQUAL) {
    compare(f, x, p, y, q, z, end)
    return
  }
  switch (f) {
    case COPY:
      for (; z < end; z += 16, x += p) v128.store(z, v128.load(x))
      break
    case ADD:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.add(v128.load(x), v128.load(y)))
      break
    case SUB:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.sub(v128.load(x), v128.load(y)))
      break
    case MUL:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.mul(v128.load(x), v128.load(y)))
      break
    case DIV:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.div(v128.load(x), v128.load(y)))
      break
    case MAXIMUM:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.max(v128.load(x), v128.load(y)))
      break
    case MINIMUM:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.min(v128.load(x), v128.load(y)))
      break
    case POW:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, pow4(v128.load(x), v128.load(y)))
      break
  }
}

/** x times 1 or 0, so that a NaN stays one. */
function passed(x: v128, y: v128): v128 {
  return f32x4.mul(x, v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.splat(1)))
}
