import { storeLanes } from './lanes.ts'

/** z = x > bound ? a + b x + c x^2 : x, for rows begin..end of n elements, with a bound each; a, b and c are single numbers. */
export function quadraticAbove(
  begin: i32,
  end: i32,
  x: usize,
  n: i32,
  bound: usize,
  a: usize,
  b: usize,
  c: usize,
  z: usize,
): void {
  const A = v128.load32_splat(a)
  const B = v128.load32_splat(b)
  const C = v128.load32_splat(c)
  for (let i = begin; i < end; i++) {
    const from: usize = x + i * (n << 2)
    const to: usize = z + i * (n << 2)
    const least = v128.load32_splat(bound + (i << 2))
    for (let j = 0; j < n; j += 4) {
      const v = v128.load(from + (j << 2))
      const q = f32x4.add(A, f32x4.mul(v, f32x4.add(B, f32x4.mul(v, C))))
      storeLanes(to + (j << 2), v128.bitselect(q, v, f32x4.gt(v, least)), n - j)
    }
  }
}

/** z = x > bound ? y (b + 2 c x) : y, for the same rows. */
export function quadraticAboveGrad(
  begin: i32,
  end: i32,
  y: usize,
  x: usize,
  n: i32,
  bound: usize,
  b: usize,
  c: usize,
  z: usize,
): void {
  const B = v128.load32_splat(b)
  const C = f32x4.mul(v128.load32_splat(c), f32x4.splat(2))
  for (let i = begin; i < end; i++) {
    const row: usize = i * (n << 2)
    const least = v128.load32_splat(bound + (i << 2))
    for (let j = 0; j < n; j += 4) {
      const at: usize = row + (j << 2)
      const v = v128.load(x + at)
      const dz = v128.load(y + at)
      const d = f32x4.mul(dz, f32x4.add(B, f32x4.mul(v, C)))
      storeLanes(z + at, v128.bitselect(d, dz, f32x4.gt(v, least)), n - j)
    }
  }
}
