/**
 * AssemblyScript, compiled by peak.ts: what the core can do in 128-bit SIMD. Each turn of the loop is ten
 * multiplications and ten additions, a_i += c_j c_k, on four lanes: 80 operations. The additions of the ten sums do
 * not wait for each other. The c are loaded in each turn, as an engine must when it cannot tell that memory stays as it
 * is, so that the products cannot be taken out of the loop; sums and factors fit the 15 registers that V8 has. More
 * turns unrolled, or constants instead of loads, are slower: V8 moves registers to memory, or builds constants anew.
 */
const FACTORS: usize = 1024

export function multiplyAdd(turns: i32): f32 {
  v128.store(FACTORS, f32x4.splat(1))
  v128.store(FACTORS, f32x4.splat(2), 16)
  v128.store(FACTORS, f32x4.splat(3), 32)
  v128.store(FACTORS, f32x4.splat(5), 48)
  let a0 = f32x4.splat(0)
  let a1 = a0
  let a2 = a0
  let a3 = a0
  let a4 = a0
  let a5 = a0
  let a6 = a0
  let a7 = a0
  let a8 = a0
  let a9 = a0
  for (let i = 0; i < turns; i++) {
    const c0 = v128.load(FACTORS)
    const c1 = v128.load(FACTORS, 16)
    const c2 = v128.load(FACTORS, 32)
    const c3 = v128.load(FACTORS, 48)
    a0 = f32x4.add(a0, f32x4.mul(c0, c1))
    a1 = f32x4.add(a1, f32x4.mul(c2, c3))
    a2 = f32x4.add(a2, f32x4.mul(c0, c2))
    a3 = f32x4.add(a3, f32x4.mul(c1, c3))
    a4 = f32x4.add(a4, f32x4.mul(c0, c3))
    a5 = f32x4.add(a5, f32x4.mul(c1, c2))
    a6 = f32x4.add(a6, f32x4.mul(c0, c0))
    a7 = f32x4.add(a7, f32x4.mul(c1, c1))
    a8 = f32x4.add(a8, f32x4.mul(c2, c2))
    a9 = f32x4.add(a9, f32x4.mul(c3, c3))
  }
  const low = f32x4.add(f32x4.add(a0, a1), f32x4.add(a2, a3))
  const high = f32x4.add(f32x4.add(f32x4.add(a4, a5), f32x4.add(a6, a7)), f32x4.add(a8, a9))
  return f32x4.extract_lane(f32x4.add(low, high), 0)
}
