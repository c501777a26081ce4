import { firstLanes, storeLanes } from './lanes.ts'

/**
 * z_i = where the first of the largest elements of x's row i lies, for rows begin..end of n elements. NaN is not
 * larger than anything, nor is anything larger than NaN.
 */
export function argmaxRows(begin: i32, end: i32, x: usize, n: i32, z: usize): void {
  const least = f32x4.splat(-Infinity)
  for (let i = begin; i < end; i++) {
    const first: usize = x + i * (n << 2)
    const last: usize = first + (n << 2)
    let a = least
    let b = least
    let at = first
    for (; at + 32 <= last; at += 32) {
      a = f32x4.pmax(a, v128.load(at))
      b = f32x4.pmax(b, v128.load(at, 16))
    }
    for (; at < last; at += 16) {
      a = f32x4.pmax(a, v128.bitselect(v128.load(at), least, firstLanes((last - at) >> 2)))
    }
    a = f32x4.pmax(a, b)
    a = f32x4.pmax(a, i32x4.shuffle(a, a, 2, 3, 0, 1))
    a = f32x4.pmax(a, i32x4.shuffle(a, a, 1, 0, 3, 2))
    // A NaN that comes first equals itself alone: it stays.
    const start = v128.load32_splat(first)
    let best = 0
    if (!v128.any_true(f32x4.ne(start, start))) {
      for (at = first; at < last; at += 16) {
        const found = i32x4.bitmask(v128.and(f32x4.eq(v128.load(at), a), firstLanes((last - at) >> 2)))
        if (found !== 0) {
          best = ((at - first) >> 2) + i32.ctz(found)
          break
        }
      }
    }
    i32.store(z + (i << 2), best)
  }
}

/** The same for each column of x's sections begin..end of n rows of `width` elements. */
export function argmaxColumns(begin: i32, end: i32, x: usize, n: i32, z: usize, width: i32): void {
  const row: usize = width << 2
  for (let i = begin; i < end; i++) {
    for (let column = 0; column < width; column += 8) {
      let at: usize = x + i * n * row + (column << 2)
      let a = v128.load(at)
      let b = v128.load(at, 16)
      let bestA = i32x4.splat(0)
      let bestB = i32x4.splat(0)
      for (let j = 1; j < n; j++) {
        at += row
        const v = v128.load(at)
        const w = v128.load(at, 16)
        bestA = v128.bitselect(i32x4.splat(j), bestA, f32x4.gt(v, a))
        bestB = v128.bitselect(i32x4.splat(j), bestB, f32x4.gt(w, b))
        a = f32x4.pmax(a, v)
        b = f32x4.pmax(b, w)
      }
      const to: usize = z + i * row + (column << 2)
      storeLanes(to, bestA, width - column)
      storeLanes(to + 16, bestB, width - column - 4)
    }
  }
}
