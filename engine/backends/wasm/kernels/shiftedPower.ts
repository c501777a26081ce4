import { isFew, pow4, wholePower } from './pow.ts'

/** z = factor max(x + shift, 0)^power + constant, for vectors begin..end of four. */
export function shiftedPower(
  begin: i32,
  end: i32,
  x: usize,
  shift: f32,
  power: f32,
  factor: f32,
  constant: f32,
  z: usize,
): void {
  const few = isFew(power)
  const n = few ? <i32>power : 0
  for (let i = begin; i < end; i++) {
    const sum = f32x4.add(v128.load(x + (i << 4)), f32x4.splat(shift))
    const base = f32x4.pmax(sum, f32x4.splat(0))
    const p = few ? wholePower(base, n) : pow4(base, f32x4.splat(power))
    v128.store(z + (i << 4), f32x4.add(f32x4.mul(p, f32x4.splat(factor)), f32x4.splat(constant)))
  }
}
