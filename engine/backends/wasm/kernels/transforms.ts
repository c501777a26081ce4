/**
 * The transforms of minimal filtering (see minimalFiltering.ts, which makes the matrices), along one axis. What they
 * combine are lines: neighbouring channels, four at a time. The address of the k-th lies at `lines + k step`, and it is
 * read from `at` bytes on; results are written `apart` bytes from each other, `bytes` of each.
 *
 * The points are 0, a, -a, infinity, or 0, a, -a, b, -b, infinity. For a pair of opposite points the even and the odd
 * powers are summed up once: one point has their sum, the other their difference.
 *
 * The loops, of at least one turn, test at their end: only then does V8 take the addresses of lines out of them.
 */

/** Bytes of a line that are transformed at a time along both axes: the tile of them stays in the first cache. */
export const LINE: usize = 256

export function line(lines: usize, at: usize): usize {
  return <usize>i32.load(lines) + at
}

export function entry(T: usize, i: i32): v128 {
  return v128.load32_splat(T + (i << 2))
}

export function add(x: v128, y: v128): v128 {
  return f32x4.add(x, y)
}

export function mul(x: v128, y: v128): v128 {
  return f32x4.mul(x, y)
}
