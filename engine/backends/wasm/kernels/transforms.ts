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

/** values = B x of `size` lines, B[points,points]: with fewer of them the last points but infinity are left out. */
// biome-ignore format: arguments by what they describe
export function filterInput(
  points: i32, size: i32, B: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
): void {
  if (points === 4) filterFour(B, lines, step, at, to, apart, bytes)
  else if (size === 6) filterSix(B, lines, step, at, to, apart, bytes)
  else if (size === 5) filterFiveOfSix(B, lines, step, at, to, apart, bytes)
  else filterFourOfSix(B, lines, step, at, to, apart, bytes)
}

/**
 * values = T c, T[points,count]: of the polynomial with the coefficients c, of which there are `size`. T is G, or A transposed.
 * Fewer coefficients are those of a tile that leaves out points, as `filterInput` does.
 */
// biome-ignore format: arguments by what they describe
export function evaluate(
  points: i32, count: i32, size: i32, T: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
): void {
  if (points === 6) {
    if (count === 4) {
      if (size === 4) Inlined.evaluate(6, 4, 4, T, lines, step, at, to, apart, bytes)
      else if (size === 3) Inlined.evaluate(6, 4, 3, T, lines, step, at, to, apart, bytes)
      else Inlined.evaluate(6, 4, 2, T, lines, step, at, to, apart, bytes)
    } else if (count === 3) Inlined.evaluate(6, 3, 3, T, lines, step, at, to, apart, bytes)
    else if (count === 2) Inlined.evaluate(6, 2, 2, T, lines, step, at, to, apart, bytes)
    else Inlined.evaluate(6, 5, 5, T, lines, step, at, to, apart, bytes)
  } else if (count === 2) Inlined.evaluate(4, 2, 2, T, lines, step, at, to, apart, bytes)
  else Inlined.evaluate(4, 3, 3, T, lines, step, at, to, apart, bytes)
}

/**
 * The first `size` of c = T' values, T[points,count]; with `start`, an address, on top of the line there, or of
 * lines that are `startApart` bytes from each other. T is A transposed, or G. Fewer are those of a tile that leaves out points, as `filterInput` does.
 */
// biome-ignore format: arguments by what they describe
export function combine(
  points: i32, count: i32, size: i32, T: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
  start: usize, startApart: usize,
): void {
  if (points === 6) {
    if (count === 4) {
      if (size === 4) Inlined.combine(6, 4, 4, T, lines, step, at, to, apart, bytes, start, startApart)
      else if (size === 3) Inlined.combine(6, 4, 3, T, lines, step, at, to, apart, bytes, start, startApart)
      else Inlined.combine(6, 4, 2, T, lines, step, at, to, apart, bytes, start, startApart)
    } else if (count === 3) Inlined.combine(6, 3, 3, T, lines, step, at, to, apart, bytes, start, startApart)
    else if (count === 2) Inlined.combine(6, 2, 2, T, lines, step, at, to, apart, bytes, start, startApart)
    else if (size === 5) Inlined.combine(6, 5, 5, T, lines, step, at, to, apart, bytes, start, startApart)
    else if (size === 4) Inlined.combine(6, 5, 4, T, lines, step, at, to, apart, bytes, start, startApart)
    else Inlined.combine(6, 5, 3, T, lines, step, at, to, apart, bytes, start, startApart)
  } else if (count === 2) Inlined.combine(4, 2, 2, T, lines, step, at, to, apart, bytes, start, startApart)
  else Inlined.combine(4, 3, 3, T, lines, step, at, to, apart, bytes, start, startApart)
}

// biome-ignore format: a matrix, row by row
function filterSix(
  B: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
): void {
  const p0 = line(lines, at), p1 = line(lines + step, at), p2 = line(lines + 2 * step, at)
  const p3 = line(lines + 3 * step, at), p4 = line(lines + 4 * step, at), p5 = line(lines + 5 * step, at)
  const b00 = entry(B, 0), b02 = entry(B, 2)
  const b11 = entry(B, 7), b12 = entry(B, 8), b13 = entry(B, 9)
  const b31 = entry(B, 19), b32 = entry(B, 20), b33 = entry(B, 21)
  const b51 = entry(B, 31), b53 = entry(B, 33)
  let c: usize = 0
  do {
    const d1 = v128.load(p1 + c), d2 = v128.load(p2 + c), d3 = v128.load(p3 + c), d4 = v128.load(p4 + c)
    let z = to + c
    v128.store(z, add(add(mul(b00, v128.load(p0 + c)), mul(b02, d2)), d4))
    z += apart
    let even = add(mul(b12, d2), d4), odd = add(mul(b11, d1), mul(b13, d3))
    v128.store(z, add(even, odd))
    z += apart
    v128.store(z, f32x4.sub(even, odd))
    z += apart
    even = add(mul(b32, d2), d4)
    odd = add(mul(b31, d1), mul(b33, d3))
    v128.store(z, add(even, odd))
    z += apart
    v128.store(z, f32x4.sub(even, odd))
    z += apart
    v128.store(z, add(add(mul(b51, d1), mul(b53, d3)), v128.load(p5 + c)))
    c += 16
  } while (c < bytes)
}

// biome-ignore format: a matrix, row by row
function filterFour(
  B: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
): void {
  const p0 = line(lines, at), p1 = line(lines + step, at), p2 = line(lines + 2 * step, at), p3 = line(lines + 3 * step, at)
  const b00 = entry(B, 0), b11 = entry(B, 5), b31 = entry(B, 13)
  let c: usize = 0
  do {
    const d1 = v128.load(p1 + c), d2 = v128.load(p2 + c)
    const odd = mul(b11, d1)
    let z = to + c
    v128.store(z, add(mul(b00, v128.load(p0 + c)), d2))
    z += apart
    v128.store(z, add(d2, odd))
    z += apart
    v128.store(z, f32x4.sub(d2, odd))
    z += apart
    v128.store(z, add(mul(b31, d1), v128.load(p3 + c)))
    c += 16
  } while (c < bytes)
}

/** At 0, a, -a, b and infinity. */
// biome-ignore format: a matrix, row by row
function filterFiveOfSix(
  B: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
): void {
  const p0 = line(lines, at), p1 = line(lines + step, at), p2 = line(lines + 2 * step, at)
  const p3 = line(lines + 3 * step, at), p4 = line(lines + 4 * step, at)
  let c: usize = 0
  do {
    const d1 = v128.load(p1 + c), d2 = v128.load(p2 + c), d3 = v128.load(p3 + c)
    let z = to + c
    v128.store(z, add(add(mul(entry(B, 0), v128.load(p0 + c)), mul(entry(B, 1), d1)), add(mul(entry(B, 2), d2), mul(entry(B, 3), d3))))
    z += apart
    v128.store(z, add(add(mul(entry(B, 7), d1), mul(entry(B, 8), d2)), mul(entry(B, 9), d3)))
    z += apart
    v128.store(z, add(add(mul(entry(B, 13), d1), mul(entry(B, 14), d2)), mul(entry(B, 15), d3)))
    z += apart
    v128.store(z, add(mul(entry(B, 19), d1), mul(entry(B, 21), d3)))
    z += apart << 1
    v128.store(z, add(add(mul(entry(B, 31), d1), mul(entry(B, 32), d2)), add(mul(entry(B, 33), d3), v128.load(p4 + c))))
    c += 16
  } while (c < bytes)
}

/** At 0, a, -a and infinity. */
// biome-ignore format: a matrix, row by row
function filterFourOfSix(
  B: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
): void {
  const p0 = line(lines, at), p1 = line(lines + step, at), p2 = line(lines + 2 * step, at), p3 = line(lines + 3 * step, at)
  const b00 = entry(B, 0), b02 = entry(B, 2), b11 = entry(B, 7), b12 = entry(B, 8), b51 = entry(B, 31)
  let c: usize = 0
  do {
    const d1 = v128.load(p1 + c), d2 = v128.load(p2 + c)
    const even = mul(b12, d2), odd = mul(b11, d1)
    let z = to + c
    v128.store(z, add(mul(b00, v128.load(p0 + c)), mul(b02, d2)))
    z += apart
    v128.store(z, add(even, odd))
    z += apart
    v128.store(z, f32x4.sub(even, odd))
    z += 3 * apart
    v128.store(z, add(mul(b51, d1), v128.load(p3 + c)))
    c += 16
  } while (c < bytes)
}

/** Compiled once for each choice of the constants `points`, `count` and `size`. */
// biome-ignore lint/complexity/noStaticOnlyClass: functions take no decorators
class Inlined {
  // biome-ignore format: a matrix, row by row
  @inline
  static evaluate(
    points: i32, count: i32, size: i32, T: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
  ): void {
    const taken = points - (count - size)
    const p0 = line(lines, at), p1 = line(lines + step, at)
    const p2 = size > 2 ? line(lines + 2 * step, at) : 0, p3 = size > 3 ? line(lines + 3 * step, at) : 0
    const p4 = size > 4 ? line(lines + 4 * step, at) : 0
    const t0 = entry(T, 0)
    const a = T + (count << 2), b = T + ((3 * count) << 2)
    let c: usize = 0
    do {
      const d0 = v128.load(p0 + c), d1 = v128.load(p1 + c)
      let d2 = d1, d3 = d1, d4 = d1
      let even = mul(entry(a, 0), d0), odd = mul(entry(a, 1), d1)
      if (size > 2) {
        d2 = v128.load(p2 + c)
        even = add(even, mul(entry(a, 2), d2))
      }
      if (size > 3) {
        d3 = v128.load(p3 + c)
        odd = add(odd, mul(entry(a, 3), d3))
      }
      if (size > 4) {
        d4 = v128.load(p4 + c)
        even = add(even, mul(entry(a, 4), d4))
      }
      let z = to + c
      v128.store(z, mul(t0, d0))
      z += apart
      v128.store(z, add(even, odd))
      z += apart
      v128.store(z, f32x4.sub(even, odd))
      z += apart
      if (points > 4) {
        if (taken > 4) {
          even = mul(entry(b, 0), d0)
          odd = mul(entry(b, 1), d1)
          if (size > 2) even = add(even, mul(entry(b, 2), d2))
          if (size > 3) odd = add(odd, mul(entry(b, 3), d3))
          if (size > 4) even = add(even, mul(entry(b, 4), d4))
          v128.store(z, add(even, odd))
        }
        z += apart
        if (taken > 5) v128.store(z, f32x4.sub(even, odd))
        z += apart
      }
      v128.store(z, size === 2 ? d1 : size === 3 ? d2 : size === 4 ? d3 : d4)
      c += 16
    } while (c < bytes)
  }

  // biome-ignore format: a matrix, row by row
  @inline
  static combine(
    points: i32, count: i32, size: i32, T: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
    start: usize, startApart: usize,
  ): void {
    const taken = points - (count - size)
    const p0 = line(lines, at), p1 = line(lines + step, at), p2 = line(lines + 2 * step, at)
    const p3 = taken > 4 ? line(lines + 3 * step, at) : 0, p4 = taken > 5 ? line(lines + 4 * step, at) : 0
    const last = line(lines + (points - 1) * step, at)
    const t0 = entry(T, 0)
    const a = T + (count << 2), b = T + ((3 * count) << 2)
    let c: usize = 0
    do {
      const d1 = v128.load(p1 + c), d2 = v128.load(p2 + c)
      const sum = add(d1, d2), difference = f32x4.sub(d1, d2)
      let z0 = add(mul(t0, v128.load(p0 + c)), mul(entry(a, 0), sum)), z1 = mul(entry(a, 1), difference)
      let z2 = sum, z3 = sum, z4 = sum
      if (size > 2) z2 = mul(entry(a, 2), sum)
      if (size > 3) z3 = mul(entry(a, 3), difference)
      if (size > 4) z4 = mul(entry(a, 4), sum)
      if (taken > 4) {
        const d3 = v128.load(p3 + c)
        let sumB = d3, differenceB = d3
        if (taken > 5) {
          const d4 = v128.load(p4 + c)
          sumB = add(d3, d4)
          differenceB = f32x4.sub(d3, d4)
        }
        z0 = add(z0, mul(entry(b, 0), sumB))
        z1 = add(z1, mul(entry(b, 1), differenceB))
        if (size > 2) z2 = add(z2, mul(entry(b, 2), sumB))
        if (size > 3) z3 = add(z3, mul(entry(b, 3), differenceB))
        if (size > 4) z4 = add(z4, mul(entry(b, 4), sumB))
      }
      const end = v128.load(last + c)
      if (size === 2) z1 = add(z1, end)
      else if (size === 3) z2 = add(z2, end)
      else if (size === 4) z3 = add(z3, end)
      else z4 = add(z4, end)
      if (start > 0) {
        let s = start + c
        z0 = add(z0, v128.load(s))
        s += startApart
        z1 = add(z1, v128.load(s))
        s += startApart
        if (size > 2) z2 = add(z2, v128.load(s))
        s += startApart
        if (size > 3) z3 = add(z3, v128.load(s))
        s += startApart
        if (size > 4) z4 = add(z4, v128.load(s))
      }
      let z = to + c
      v128.store(z, z0)
      z += apart
      v128.store(z, z1)
      if (size > 2) {
        z += apart
        v128.store(z, z2)
      }
      if (size > 3) {
        z += apart
        v128.store(z, z3)
      }
      if (size > 4) {
        z += apart
        v128.store(z, z4)
      }
      c += 16
    } while (c < bytes)
  }
}

function line(lines: usize, at: usize): usize {
  return <usize>i32.load(lines) + at
}

function entry(T: usize, i: i32): v128 {
  return v128.load32_splat(T + (i << 2))
}

function add(x: v128, y: v128): v128 {
  return f32x4.add(x, y)
}

function mul(x: v128, y: v128): v128 {
  return f32x4.mul(x, y)
}
