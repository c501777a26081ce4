/** z = max(x, 0), for vectors begin..end of four. */
export function relu(begin: i32, end: i32, x: usize, z: usize): void {
  const zero = f32x4.splat(0)
  for (let i = begin; i < end; i++) v128.store(z + (i << 4), f32x4.max(v128.load(x + (i << 4)), zero))
}
