/**
 * acos x of four floats, relative error at most 1.5e-7, also towards 1; NaN outside [-1, 1]. asin s = s + s^3 A(s^2)
 * for |s| <= 1/2, A of degree 4, off by at most 5.4e-9; there acos x = pi / 2 - asin x, and beyond
 * 2 asin(sqrt((1 - x) / 2)), from pi for negative x.
 */
export function acos4(x: v128): v128 {
  const size = f32x4.abs(x)
  const near = f32x4.le(size, f32x4.splat(0.5))
  // 1 - |x| is exact from 1/2 on.
  const half = f32x4.mul(f32x4.sub(f32x4.splat(1), size), f32x4.splat(0.5))
  const z = v128.bitselect(f32x4.mul(x, x), half, near)
  const s = v128.bitselect(x, f32x4.sqrt(half), near)
  let a = f32x4.add(f32x4.mul(z, f32x4.splat(0.0417241007)), f32x4.splat(0.0244715884))
  a = f32x4.add(f32x4.mul(a, z), f32x4.splat(0.0454021208))
  a = f32x4.add(f32x4.mul(a, z), f32x4.splat(0.0749595389))
  a = f32x4.add(f32x4.mul(a, z), f32x4.splat(0.166667312))
  const asin = f32x4.add(f32x4.mul(f32x4.mul(a, z), s), s)
  const twice = f32x4.add(asin, asin)
  const negative = f32x4.lt(x, f32x4.splat(0))
  const far = v128.bitselect(f32x4.sub(f32x4.splat(f32(Math.PI)), twice), twice, negative)
  return v128.bitselect(f32x4.sub(f32x4.splat(1.5707964), asin), far, near)
}
