import { firstLanes, mayHoldNaN, storeLanes } from './lanes.ts'

/**
 * z_i = where the first of the largest elements of x's row i lies, for rows begin..end of n elements. NaN, the first of
 * them, is larger than all.
 */
export function argmaxRows(begin: i32, end: i32, x: usize, n: i32, z: usize): void {
  const least = f32x4.splat(-Infinity)
  for (let i = begin; i < end; i++) {
    const first: usize = x + i * (n << 2)
    const last: usize = first + (n << 2)
    let a = least
    let b = least
    let sum = f32x4.splat(0)
    let at = first
    for (; at + 32 <= last; at += 32) {
      const v = v128.load(at)
      const w = v128.load(at, 16)
      a = f32x4.pmax(a, v)
      b = f32x4.pmax(b, w)
      sum = f32x4.add(sum, f32x4.add(v, w))
    }
    for (; at < last; at += 16) {
      const v = v128.bitselect(v128.load(at), least, firstLanes((last - at) >> 2))
      a = f32x4.pmax(a, v)
      sum = f32x4.add(sum, v)
    }
    a = f32x4.pmax(a, b)
    a = f32x4.pmax(a, i32x4.shuffle(a, a, 2, 3, 0, 1))
    a = f32x4.pmax(a, i32x4.shuffle(a, a, 1, 0, 3, 2))
    let place = mayHoldNaN(sum) ? placeOfNaN(first, n) : n
    if (place >= n) place = placeOf(first, last, a)
    i32.store(z + (i << 2), place)
  }
}

/** How many elements lie before the first that is in `a`, as one is where there are any. */
function placeOf(first: usize, last: usize, a: v128): i32 {
  for (let at = first; at < last; at += 16) {
    const found = i32x4.bitmask(f32x4.eq(v128.load(at), a))
    if (found !== 0) return ((at - first) >> 2) + i32.ctz(found)
  }
  return 0
}

/** How many of n elements lie before the first NaN; n or more where there is none. */
function placeOfNaN(x: usize, n: i32): i32 {
  for (let i = 0; i < n; i += 4) {
    const v = v128.load(x + (i << 2))
    const found = i32x4.bitmask(f32x4.ne(v, v))
    if (found !== 0) return i + i32.ctz(found)
  }
  return n
}

/** The same for each column of x's sections begin..end of n rows of `width` elements. */
export function argmaxColumns(begin: i32, end: i32, x: usize, n: i32, z: usize, width: i32): void {
  const row: usize = width << 2
  for (let i = begin; i < end; i++) {
    for (let column = 0; column < width; column += 8) {
      const first: usize = x + i * n * row + (column << 2)
      let at = first
      let a = v128.load(at)
      let b = v128.load(at, 16)
      let sum = f32x4.add(a, b)
      let bestA = i32x4.splat(0)
      let bestB = i32x4.splat(0)
      for (let j = 1; j < n; j++) {
        at += row
        const v = v128.load(at)
        const w = v128.load(at, 16)
        const here = i32x4.splat(j)
        bestA = i32x4.max_s(bestA, v128.and(here, f32x4.gt(v, a)))
        bestB = i32x4.max_s(bestB, v128.and(here, f32x4.gt(w, b)))
        a = f32x4.pmax(a, v)
        b = f32x4.pmax(b, w)
        sum = f32x4.add(sum, f32x4.add(v, w))
      }
      if (mayHoldNaN(sum)) {
        bestA = firstNaN(first, row, n, bestA)
        bestB = firstNaN(first + 16, row, n, bestB)
      }
      const to: usize = z + i * row + (column << 2)
      storeLanes(to, bestA, width - column)
      storeLanes(to + 16, bestB, width - column - 4)
    }
  }
}

/** The first row of n, `row` bytes apart, that has NaN, in each of four columns; `otherwise` where none has. */
function firstNaN(x: usize, row: usize, n: i32, otherwise: v128): v128 {
  let best = otherwise
  let at: usize = x + (n - 1) * row
  for (let j = n - 1; j >= 0; j--) {
    const v = v128.load(at)
    best = v128.bitselect(i32x4.splat(j), best, f32x4.ne(v, v))
    at -= row
  }
  return best
}
