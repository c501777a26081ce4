import { madd } from './lanes.ts'

/** Columns of a tile: four vectors. */
export const WIDTH: i32 = 16

/**
 * C[2,16] = S[2,16] + sum over k of A[2,k] B[k,16]: the one inner loop of matmul and convolution, and where they spend
 * their time. S, with rows at s0 and s1, is C itself, a bias, or zeros. The k's come in runs: `runs` pairs of an offset,
 * in bytes, and a length >= 1 lie at `table`. In a run, A's two rows start at a0 and a1 plus the offset and go on in
 * steps of `step` bytes; B's rows lie one after another.
 *
 * Eight sums, six loads and a product fill the 15 registers that V8 has for vectors: one more row or column, or two
 * k's a turn, and it keeps sums in memory, at half the speed.
 */
// biome-ignore format: a tile, drawn as one
export function tile(
  runs: i32, table: usize, a0: usize, a1: usize, step: usize, b: usize, s0: usize, s1: usize, c0: usize, c1: usize,
): void {
  const zero = f32x4.splat(0)
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero
  let c10 = zero, c11 = zero, c12 = zero, c13 = zero
  for (; runs > 0; runs--) {
    const offset: usize = i32.load(table)
    let p0 = a0 + offset, p1 = a1 + offset
    let k = i32.load(table, 4)
    do {
      const b0 = v128.load(b, 0), b1 = v128.load(b, 16), b2 = v128.load(b, 32), b3 = v128.load(b, 48)
      let a = v128.load32_splat(p0)
      c00 = madd(a, b0, c00); c01 = madd(a, b1, c01)
      c02 = madd(a, b2, c02); c03 = madd(a, b3, c03)
      a = v128.load32_splat(p1)
      c10 = madd(a, b0, c10); c11 = madd(a, b1, c11)
      c12 = madd(a, b2, c12); c13 = madd(a, b3, c13)
      p0 += step
      p1 += step
      b += 64
    } while (--k)
    table += 8
  }
  store(c0, s0, c00, c01, c02, c03)
  store(c1, s1, c10, c11, c12, c13)
}

/** S is added last: a long sum, done in parts, then rounds as its parts do and not as one chain. */
function store(c: usize, s: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  v128.store(c, f32x4.add(v128.load(s, 0), x0), 0)
  v128.store(c, f32x4.add(v128.load(s, 16), x1), 16)
  v128.store(c, f32x4.add(v128.load(s, 32), x2), 32)
  v128.store(c, f32x4.add(v128.load(s, 48), x3), 48)
}
