import { storeLanes } from './lanes.ts'

/** Bytes of a step in `steps`: float32s that p, sqrt(v) and m / (sqrt(v) + eps) are multiplied by. */
const STEP: usize = 12

/**
 * Steps of Adam, one after another, of rows begin..end of p, m, v and, unless it is 0, of the largest v: `width` elements
 * a row, `size` elements in all. Row i takes `steps` from number `first_i` on, or all where `first` is 0. With g the
 * gradient, or 0 where its address is 0, plus `decay` p:
 *
 *     m = b1 m + c1 g;  v = b2 v + c2 g^2;  p = p shrink - m / (sqrt(v) root + eps) rate
 *
 * The operations, and their order, are those of the rule that is composed of ops: so are the bits.
 */
// biome-ignore format: arguments by what they describe
export function adam(
  begin: i32, end: i32, p: usize, g: usize, m: usize, v: usize, largest: usize, width: i32, size: i32,
  b1: f32, c1: f32, b2: f32, c2: f32, eps: f32, decay: f32, first: usize, steps: usize, count: i32,
  toP: usize, toM: usize, toV: usize, toLargest: usize,
): void {
  const last = steps + count * STEP
  const B1 = f32x4.splat(b1), C1 = f32x4.splat(c1), B2 = f32x4.splat(b2), C2 = f32x4.splat(c2)
  const E = f32x4.splat(eps), D = f32x4.splat(decay)
  for (let i = begin; i < end; i++) {
    const from = i * width, n = min(width, size - from)
    const start = steps + (first === 0 ? 0 : i32.load(first + (i << 2)) * STEP)
    for (let j = 0; j < n; j += 4) {
      const at: usize = (from + j) << 2
      const G = g === 0 ? f32x4.splat(0) : v128.load(g + at)
      let P = v128.load(p + at), M = v128.load(m + at), V = v128.load(v + at), L = V
      if (largest !== 0) L = v128.load(largest + at)
      for (let step = start; step < last; step += STEP) {
        const slope = decay === 0 ? G : f32x4.add(G, f32x4.mul(P, D))
        M = f32x4.add(f32x4.mul(M, B1), f32x4.mul(slope, C1))
        V = f32x4.add(f32x4.mul(V, B2), f32x4.mul(f32x4.mul(slope, slope), C2))
        L = largest === 0 ? V : f32x4.max(L, V)
        const root = f32x4.add(f32x4.mul(f32x4.sqrt(L), v128.load32_splat(step, 4)), E)
        const move = f32x4.mul(f32x4.div(M, root), v128.load32_splat(step, 8))
        P = f32x4.sub(f32x4.mul(P, v128.load32_splat(step)), move)
      }
      storeLanes(toP + at, P, n - j)
      storeLanes(toM + at, M, n - j)
      storeLanes(toV + at, V, n - j)
      if (largest !== 0) storeLanes(toLargest + at, L, n - j)
    }
  }
}
