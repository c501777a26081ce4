import { firstLanes, storeLanes } from './lanes.ts'

// The smallest is the largest with every sign turned. f32x4.max, which looks after NaN by itself, takes three times as
// long as f32x4.pmax and a flag for NaN.
const KEEP = 0
const TURN = 0x80000000

/**
 * z_i = the largest of x's row i, for rows begin..end of n elements that follow one another up to `stop`, where the
 * last may be cut short. NaN wins; of 0 and -0 either.
 */
export function maxRows(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize): void {
  rows(begin, end, x, stop, n, z, KEEP)
}

/** The same with the smallest. */
export function minRows(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize): void {
  rows(begin, end, x, stop, n, z, TURN)
}

/**
 * z_i = the largest of each column of x's section i, for sections begin..end of n rows of `width` elements that follow
 * one another up to `stop`, where the last may be cut short.
 */
export function maxColumns(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize, width: i32): void {
  columns(begin, end, x, stop, n, z, width, KEEP)
}

/** The same with the smallest. */
export function minColumns(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize, width: i32): void {
  columns(begin, end, x, stop, n, z, width, TURN)
}

function rows(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize, flip: i32): void {
  const sign = i32x4.splat(flip)
  const least = f32x4.splat(-Infinity)
  for (let i = begin; i < end; i++) {
    let at: usize = x + i * (n << 2)
    const last: usize = min(at + (n << 2), stop)
    let a = least
    let b = least
    let odd = i32x4.splat(0)
    for (; at + 32 <= last; at += 32) {
      const v = v128.xor(v128.load(at), sign)
      const w = v128.xor(v128.load(at, 16), sign)
      a = f32x4.pmax(a, v)
      b = f32x4.pmax(b, w)
      odd = v128.or(odd, v128.or(f32x4.ne(v, v), f32x4.ne(w, w)))
    }
    for (; at < last; at += 16) {
      const v = v128.bitselect(v128.xor(v128.load(at), sign), least, firstLanes((last - at) >> 2))
      a = f32x4.pmax(a, v)
      odd = v128.or(odd, f32x4.ne(v, v))
    }
    a = v128.or(f32x4.pmax(a, b), odd)
    a = f32x4.max(a, i32x4.shuffle(a, a, 2, 3, 0, 1))
    a = f32x4.max(a, i32x4.shuffle(a, a, 1, 0, 3, 2))
    v128.store32_lane(z + (i << 2), v128.xor(a, sign), 0)
  }
}

function columns(begin: i32, end: i32, x: usize, stop: usize, n: i32, z: usize, width: i32, flip: i32): void {
  const sign = i32x4.splat(flip)
  const row: usize = width << 2
  for (let i = begin; i < end; i++) {
    const first: usize = x + i * n * row
    const last: usize = min(first + n * row, stop)
    for (let column = 0; column < width; column += 8) {
      let a = f32x4.splat(-Infinity)
      let b = f32x4.splat(-Infinity)
      let oddA = i32x4.splat(0)
      let oddB = i32x4.splat(0)
      for (let at: usize = first + (column << 2); at < last; at += row) {
        const v = v128.xor(v128.load(at), sign)
        const w = v128.xor(v128.load(at, 16), sign)
        a = f32x4.pmax(a, v)
        b = f32x4.pmax(b, w)
        oddA = v128.or(oddA, f32x4.ne(v, v))
        oddB = v128.or(oddB, f32x4.ne(w, w))
      }
      const to: usize = z + i * row + (column << 2)
      storeLanes(to, v128.xor(v128.or(a, oddA), sign), width - column)
      storeLanes(to + 16, v128.xor(v128.or(b, oddB), sign), width - column - 4)
    }
  }
}
