import * as codes from './codes.ts'
import { isFew, pow4, wholePower } from './pow.ts'
import { prelu4 } from './prelu.ts'
import { fmod4, remainder4 } from './remainder.ts'
import { atan24 } from './trigonometric.ts'

/**
 * z = f(x, y) for rows begin..end of n elements, the rows z holds together `size` elements. Row r starts in x at
 * r's `inner` and `outer` part: xRow bytes for each of the `inner` rows, xOuter for each time they are through.
 * Steps within a row are 16 bytes a vector, or 0 for an operand that stays.
 */
export function broadcast(
  begin: i32,
  end: i32,
  scratch: usize,
  f: i32,
  n: i32,
  size: i32,
  inner: i32,
  x: usize,
  xStep: i32,
  xRow: i32,
  xOuter: i32,
  y: usize,
  yStep: i32,
  yRow: i32,
  yOuter: i32,
  z: usize,
): void {
  let j = begin
  for (; j >= inner; j -= inner) {
    x += xOuter
    y += yOuter
  }
  x += j * xRow
  y += j * yRow
  for (let r = begin; r < end; r++) {
    const at = r * n
    let a = x
    let b = y
    if (xStep === 0) {
      v128.store(scratch, v128.load32_splat(x))
      a = scratch
    }
    if (yStep === 0) {
      v128.store(scratch + 16, v128.load32_splat(y))
      b = scratch + 16
    }
    row(f, min(n, size - at), a, xStep, b, yStep, z + (at << 2), scratch + 32)
    x += xRow
    y += yRow
    if (++j === inner) {
      j = 0
      x += xOuter - inner * xRow
      y += yOuter - inner * yRow
    }
  }
}

/** Never writes outside of the row: its neighbours may be another thread's. */
function row(f: i32, n: i32, x: usize, p: i32, y: usize, q: i32, z: usize, scratch: usize): void {
  if (n < 4) {
    apply(f, x, p, y, q, scratch, scratch + 16)
    for (let c = 0; c < n; c++) i32.store(z + (c << 2), i32.load(scratch + (c << 2)))
    return
  }
  apply(f, x, p, y, q, z, z + ((n & -4) << 2))
  if ((n & 3) === 0) return
  // The last vector ends with the row, and repeats some of the one before it.
  const back = (n << 2) - 16
  apply(f, p === 0 ? x : x + back, p, q === 0 ? y : y + back, q, z + back, z + back + 16)
}

/**
 * z = f(x, y), vector by vector up to the address `end` in z. Operands move on by p and q bytes a vector: 16, or 0
 * for one that stays. The larger or smaller of a number and NaN is NaN.
 */
function apply(f: i32, x: usize, p: i32, y: usize, q: i32, z: usize, end: usize): void {
  if (f === codes.reluGrad) {
    for (; z < end; z += 16, x += p, y += q) v128.store(z, passed(v128.load(x), v128.load(y)))
    return
  }
  if (f === codes.prelu) {
    for (; z < end; z += 16, x += p, y += q) {
      const v = v128.load(x)
      v128.store(z, prelu4(v, v, v128.load(y)))
    }
    return
  }
  if (f >= codes.fmod) {
    divide(f, x, p, y, q, z, end)
    return
  }
  if (f >= codes.equal) {
    compare(f, x, p, y, q, z, end)
    return
  }
  switch (f) {
    case codes.copy:
      for (; z < end; z += 16, x += p) v128.store(z, v128.load(x))
      break
    case codes.add:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.add(v128.load(x), v128.load(y)))
      break
    case codes.sub:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.sub(v128.load(x), v128.load(y)))
      break
    case codes.mul:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.mul(v128.load(x), v128.load(y)))
      break
    case codes.div:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.div(v128.load(x), v128.load(y)))
      break
    case codes.maximum:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.max(v128.load(x), v128.load(y)))
      break
    case codes.minimum:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, f32x4.min(v128.load(x), v128.load(y)))
      break
    case codes.pow:
      if (q === 0 && isFew(f32.load(y))) {
        const n = <i32>f32.load(y)
        for (; z < end; z += 16, x += p) v128.store(z, wholePower(v128.load(x), n))
      } else for (; z < end; z += 16, x += p, y += q) v128.store(z, pow4(v128.load(x), v128.load(y)))
      break
  }
}

/** What is left of a division, or the angle of a point; vector by vector as in `apply`. */
function divide(f: i32, x: usize, p: i32, y: usize, q: i32, z: usize, end: usize): void {
  switch (f) {
    case codes.fmod:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, fmod4(v128.load(x), v128.load(y)))
      break
    case codes.remainder:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, remainder4(v128.load(x), v128.load(y)))
      break
    case codes.atan2:
      for (; z < end; z += 16, x += p, y += q) v128.store(z, atan24(v128.load(x), v128.load(y)))
      break
  }
}

/** x times 1 or 0, so that a NaN stays one. */
function passed(x: v128, y: v128): v128 {
  return f32x4.mul(x, v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.splat(1)))
}

/** z = 1 where x and y compare as f says, else 0; vector by vector as in `apply`. */
function compare(f: i32, x: usize, p: i32, y: usize, q: i32, z: usize, end: usize): void {
  switch (f) {
    case codes.equal:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.eq(v128.load(x), v128.load(y)))
      break
    case codes.notEqual:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.ne(v128.load(x), v128.load(y)))
      break
    case codes.less:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.lt(v128.load(x), v128.load(y)))
      break
    case codes.lessEqual:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.le(v128.load(x), v128.load(y)))
      break
    case codes.greater:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.gt(v128.load(x), v128.load(y)))
      break
    case codes.greaterEqual:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.ge(v128.load(x), v128.load(y)))
      break
    case codes.equalInt:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.eq(v128.load(x), v128.load(y)))
      break
    case codes.notEqualInt:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.ne(v128.load(x), v128.load(y)))
      break
    case codes.lessInt:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.lt_s(v128.load(x), v128.load(y)))
      break
    case codes.lessEqualInt:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.le_s(v128.load(x), v128.load(y)))
      break
    case codes.greaterInt:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.gt_s(v128.load(x), v128.load(y)))
      break
    case codes.greaterEqualInt:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.ge_s(v128.load(x), v128.load(y)))
      break
  }
}

function put(z: usize, holds: v128): void {
  v128.store(z, v128.and(holds, f32x4.splat(1)))
}

function putInt(z: usize, holds: v128): void {
  v128.store(z, v128.and(holds, i32x4.splat(1)))
}
