import { maxRows } from './extreme.ts'
import { addAcross, addPairs, demote, firstLanes, storeLanes } from './lanes.ts'
import { addLog1p, others } from './logSumExp.ts'
import { enlargedExp, exp4 } from './math.ts'

/**
 * z = e^(x - m) / sum of e^(x - m), m the largest, for rows begin..end of n >= 1 elements. Summed in float64, after eight
 * at a time in float32.
 */
export function softmaxRows(begin: i32, end: i32, x: usize, n: i32, z: usize): void {
  const bytes: usize = n << 2
  for (let i = begin; i < end; i++) {
    const from: usize = x + i * bytes
    const to: usize = z + i * bytes
    const last: usize = to + bytes
    const s = powers(from, largest(from, from + bytes), to, last)
    const inverse = f64x2.div(f64x2.splat(1), s)
    scale(to, last, demote(inverse, inverse))
  }
}

/** The largest from `at` to `last`, in all lanes. NaN is passed over: where there is one, its power makes the sum NaN. */
function largest(at: usize, last: usize): v128 {
  const least = f32x4.splat(-Infinity)
  let a = least,
    b = least,
    c = least,
    d = least
  for (; at + 64 <= last; at += 64) {
    a = f32x4.pmax(a, v128.load(at))
    b = f32x4.pmax(b, v128.load(at, 16))
    c = f32x4.pmax(c, v128.load(at, 32))
    d = f32x4.pmax(d, v128.load(at, 48))
  }
  for (; at < last; at += 16) {
    a = f32x4.pmax(a, v128.bitselect(v128.load(at), least, firstLanes((last - at) >> 2)))
  }
  a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d))
  a = f32x4.pmax(a, i32x4.shuffle(a, a, 2, 3, 0, 1))
  return f32x4.pmax(a, i32x4.shuffle(a, a, 1, 0, 3, 2))
}

/** Writes 2^64 e^(x - m) to `to` .. `last`, and gives their sum, in both lanes. */
function powers(x: usize, m: v128, to: usize, last: usize): v128 {
  let sum = f64x2.splat(0)
  // The test at the end lets V8 take the constants of e^x out of the loop; and as it moves no load before a store, all loads
  // come first, so that it works on four vectors side by side.
  if (to + 64 <= last) {
    do {
      const v = v128.load(x),
        w = v128.load(x, 16),
        y = v128.load(x, 32),
        z = v128.load(x, 48)
      const a = enlargedExp(f32x4.sub(v, m)),
        b = enlargedExp(f32x4.sub(w, m)),
        c = enlargedExp(f32x4.sub(y, m)),
        d = enlargedExp(f32x4.sub(z, m))
      v128.store(to, a)
      v128.store(to, b, 16)
      v128.store(to, c, 32)
      v128.store(to, d, 48)
      sum = addPairs(sum, f32x4.add(f32x4.add(a, b), f32x4.add(c, d)))
      x += 64
      to += 64
    } while (to + 64 <= last)
  }
  for (; to < last; to += 16) {
    const left: i32 = (last - to) >> 2
    const e = v128.and(enlargedExp(f32x4.sub(v128.load(x), m)), firstLanes(left))
    storeLanes(to, e, left)
    sum = addPairs(sum, e)
    x += 16
  }
  return addAcross(sum)
}

function scale(at: usize, last: usize, by: v128): void {
  for (; at + 64 <= last; at += 64) {
    v128.store(at, f32x4.mul(v128.load(at), by))
    v128.store(at, f32x4.mul(v128.load(at, 16), by), 16)
    v128.store(at, f32x4.mul(v128.load(at, 32), by), 32)
    v128.store(at, f32x4.mul(v128.load(at, 48), by), 48)
  }
  for (; at < last; at += 16) storeLanes(at, f32x4.mul(v128.load(at), by), (last - at) >> 2)
}

/**
 * l_i = ln of the sum over j of e^(z_ij - z_iy), y = y_i, for rows begin..end of n >= 1 elements. It is m - z_iy +
 * ln(1 + s), m the largest and s the sum of e^(z_ij - m) of all others: a small loss keeps its digits. An m that is
 * infinite makes no number.
 */
export function crossEntropy(begin: i32, end: i32, z: usize, n: i32, y: usize, l: usize): void {
  maxRows(begin, end, z, z + end * (n << 2), n, l)
  for (let i = begin; i < end; i++) {
    const row: usize = z + i * (n << 2)
    const m = v128.load32_splat(l + (i << 2))
    const target = v128.load32_splat(row + (i32.load(y + (i << 2)) << 2))
    const apart = f32x4.add(f32x4.sub(m, target), f32x4.sub(m, m))
    v128.store32_lane(l + (i << 2), addLog1p(apart, others(row, row + (n << 2), m)), 0)
  }
}

/**
 * dz_ij = dl_i (e^(z_ij - z_iy - l_i) - [j = y]), for rows begin..end. Where l_i is Infinity, as of a target of
 * -Infinity, it is dl_i (e^(z_ij - m) / (1 + s) - [j = y]) by a second look at the row.
 */
export function crossEntropyGrad(
  begin: i32,
  end: i32,
  dl: usize,
  z: usize,
  n: i32,
  y: usize,
  l: usize,
  dz: usize,
): void {
  for (let i = begin; i < end; i++) {
    const row: usize = i * (n << 2)
    const target: usize = i32.load(y + (i << 2)) << 2
    const d = dl + (i << 2)
    let a = v128.load32_splat(z + row + target)
    let b = v128.load32_splat(l + (i << 2))
    if (f32.eq(f32.load(l + (i << 2)), Infinity)) {
      const last: usize = z + row + (n << 2)
      // Where the row's first result is to be.
      maxRows(0, 1, z + row, last, n, dz + row)
      a = v128.load32_splat(dz + row)
      b = addLog1p(f32x4.splat(0), others(z + row, last, a))
    }
    scaled(z + row, a, b, v128.load32_splat(d), dz + row, n)
    f32.store(dz + row + target, f32.sub(f32.load(dz + row + target), f32.load(d)))
  }
}

/** d e^(z - a - l) of n elements. */
function scaled(z: usize, a: v128, l: v128, d: v128, to: usize, n: i32): void {
  // The test at the end lets V8 take the constants of exp4 out of the loop.
  if (n >= 4) {
    do {
      v128.store(to, f32x4.mul(d, exp4(f32x4.sub(f32x4.sub(v128.load(z), a), l))))
      z += 16
      to += 16
      n -= 4
    } while (n >= 4)
  }
  storeLanes(to, f32x4.mul(d, exp4(f32x4.sub(f32x4.sub(v128.load(z), a), l))), n)
}
