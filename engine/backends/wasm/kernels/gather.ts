/** Where among `count` indices the first lies that is not in 0..n-1, or -1. */
export function firstOutside(index: usize, count: i32, n: i32): i32 {
  const limit = i32x4.splat(n)
  const whole = count & ~3
  for (let i = 0; i < whole; i += 4) {
    // A negative index is a large one without a sign.
    const outside = i32x4.bitmask(i32x4.ge_u(v128.load(index + (i << 2)), limit))
    if (outside !== 0) return i + i32.ctz(outside)
  }
  for (let i = whole; i < count; i++) {
    const pick = i32.load(index + (i << 2))
    if (pick < 0 || pick >= n) return i
  }
  return -1
}

/**
 * z[i, j] = x[index[i, j], j] for i < m, j < width, in each of the blocks begin..end: their x lie `apart` bytes from
 * each other, their z and index follow one another. Indices are in range.
 */
export function gather(
  begin: i32,
  end: i32,
  x: usize,
  index: usize,
  z: usize,
  m: i32,
  width: i32,
  apart: usize,
): void {
  const size: usize = m * (width << 2)
  for (let block = begin; block < end; block++) {
    const from: usize = x + block * apart
    let picks: usize = index + block * size
    let to: usize = z + block * size
    for (let i = 0; i < m; i++) {
      pickRow(from, picks, to, width)
      picks += width << 2
      to += width << 2
    }
  }
}

/** z[j] = x[index[j], j] */
function pickRow(x: usize, index: usize, z: usize, width: i32): void {
  let j = 0
  for (; j + 4 <= width; j += 4) {
    const picks = v128.load(index + (j << 2))
    const pick = i32x4.extract_lane(picks, 0)
    // Whole rows are what is mostly picked: then the four lie side by side.
    if (i32x4.all_true(i32x4.eq(picks, i32x4.splat(pick)))) {
      v128.store(z + (j << 2), v128.load(x + ((pick * width + j) << 2)))
    } else {
      for (let k = j; k < j + 4; k++) pickOne(x, index, z, width, k)
    }
  }
  for (; j < width; j++) pickOne(x, index, z, width, j)
}

function pickOne(x: usize, index: usize, z: usize, width: i32, j: i32): void {
  i32.store(z + (j << 2), i32.load(x + ((i32.load(index + (j << 2)) * width + j) << 2)))
}
