import { madd, storeLanes } from './lanes.ts'

/** Columns of a unit: 8 rows of them, and a sum for each row of A, stay in the first cache. */
const COLUMNS: i32 = 512

/**
 * Units begin..end, of 512 columns, of C[m,n] = A[m,k] B[k,n] for a few rows of A: B comes from memory once, in the order in
 * which it lies, and is packed nowhere. Element (i, j) of A lies at a + i row + j step; B's rows are `pitch` apart, C's lie
 * side by side. Each product is summed as `gemm` does it: k by k, and after every `sums` k's added to C. `scratch` holds m
 * rows of 2048 bytes.
 */
// biome-ignore format: arguments by what they describe
export function gemv(
  begin: i32, end: i32, scratch: usize,
  m: i32, n: i32, k: i32, sums: i32, a: usize, row: usize, step: usize, b: usize, pitch: usize, c: usize,
): void {
  for (let u = begin; u < end; u++) {
    const columns = min(COLUMNS, n - u * COLUMNS)
    const from: usize = b + u * (COLUMNS << 2), to: usize = c + u * (COLUMNS << 2)
    for (let p = 0; p < k; p += sums) {
      const z = p > 0 ? scratch : to
      const zRow: usize = p > 0 ? COLUMNS << 2 : n << 2
      const last = min(p + sums, k)
      let q = p
      for (; q + 8 <= last; q += 8) {
        for (let i = 0; i < m; i++) addEight(a + i * row + q * step, step, from + q * pitch, pitch, columns, q > p, z + i * zRow)
      }
      for (; q < last; q++) {
        for (let i = 0; i < m; i++) addOne(a + i * row + q * step, from + q * pitch, columns, q > p, z + i * zRow)
      }
      if (p > 0) for (let i = 0; i < m; i++) addRow(scratch + i * (COLUMNS << 2), columns, to + i * (n << 2))
    }
  }
}

/** z += eight elements of A, `step` apart, times rows of B, `pitch` apart; z = that if not `add`. */
// biome-ignore format: sums, drawn as one
function addEight(a: usize, step: usize, b: usize, pitch: usize, columns: i32, add: bool, z: usize): void {
  const b1 = b + pitch, b2 = b1 + pitch, b3 = b2 + pitch
  const b4 = b3 + pitch, b5 = b4 + pitch, b6 = b5 + pitch, b7 = b6 + pitch
  const a0 = v128.load32_splat(a), a1 = v128.load32_splat(a + step)
  const a2 = v128.load32_splat(a + 2 * step), a3 = v128.load32_splat(a + 3 * step)
  a += step << 2
  const a4 = v128.load32_splat(a), a5 = v128.load32_splat(a + step)
  const a6 = v128.load32_splat(a + 2 * step), a7 = v128.load32_splat(a + 3 * step)
  for (let at: usize = 0; columns > 0; columns -= 4) {
    let sum = add ? v128.load(z + at) : f32x4.splat(0)
    sum = madd(a0, v128.load(b + at), sum)
    sum = madd(a1, v128.load(b1 + at), sum)
    sum = madd(a2, v128.load(b2 + at), sum)
    sum = madd(a3, v128.load(b3 + at), sum)
    sum = madd(a4, v128.load(b4 + at), sum)
    sum = madd(a5, v128.load(b5 + at), sum)
    sum = madd(a6, v128.load(b6 + at), sum)
    sum = madd(a7, v128.load(b7 + at), sum)
    storeLanes(z + at, sum, columns)
    at += 16
  }
}

/** The same of one element and one row. */
function addOne(a: usize, b: usize, columns: i32, add: bool, z: usize): void {
  const factor = v128.load32_splat(a)
  for (; columns > 0; columns -= 4) {
    const sum = add ? v128.load(z) : f32x4.splat(0)
    storeLanes(z, madd(factor, v128.load(b), sum), columns)
    b += 16
    z += 16
  }
}

/** z += x */
function addRow(x: usize, columns: i32, z: usize): void {
  for (; columns > 0; columns -= 4) {
    storeLanes(z, f32x4.add(v128.load(z), v128.load(x)), columns)
    x += 16
    z += 16
  }
}
