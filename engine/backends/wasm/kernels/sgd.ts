/**
 * A step of SGD of vectors begin..end of four: p, and unless its address is 0 the momentum b. With g the gradient plus `decay` p:
 *
 *     b = mu b + share g;  p = p - rate b, or with `nesterov` p - rate (mu b + g);  without b: p = p - rate g
 *
 * The operations, and their order, are those of the rule that is composed of ops: so are the bits.
 */
// biome-ignore format: arguments by what they describe
export function sgd(
  begin: i32, end: i32, p: usize, g: usize, b: usize, decay: f32, mu: f32, share: f32, nesterov: i32, rate: f32,
  toP: usize, toB: usize,
): void {
  const D = f32x4.splat(decay), M = f32x4.splat(mu), S = f32x4.splat(share), R = f32x4.splat(-rate)
  const last: usize = end << 4
  for (let at: usize = begin << 4; at < last; at += 16) {
    const P = v128.load(p + at)
    let along = v128.load(g + at)
    if (decay !== 0) along = f32x4.add(along, f32x4.mul(P, D))
    if (b !== 0) {
      const slope = along
      along = f32x4.add(f32x4.mul(v128.load(b + at), M), f32x4.mul(slope, S))
      v128.store(toB + at, along)
      if (nesterov) along = f32x4.add(f32x4.mul(along, M), slope)
    }
    v128.store(toP + at, f32x4.add(P, f32x4.mul(along, R)))
  }
}
