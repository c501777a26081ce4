/** z = a x + b y, for vectors begin..end of four. */
export function scaledSum(begin: i32, end: i32, x: usize, a: f32, y: usize, b: f32, z: usize): void {
  const A = f32x4.splat(a)
  const B = f32x4.splat(b)
  const last: usize = z + (end << 4)
  x += begin << 4
  y += begin << 4
  z += begin << 4
  for (; z < last; z += 16, x += 16, y += 16) {
    v128.store(z, f32x4.add(f32x4.mul(v128.load(x), A), f32x4.mul(v128.load(y), B)))
  }
}
