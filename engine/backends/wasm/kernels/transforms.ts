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

/** values = B x, B[points,points]. */
// biome-ignore format: arguments by what they describe
export function filterInput(
  points: i32, B: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
): void {
  if (points === 6) filterSix(B, lines, step, at, to, apart, bytes)
  else filterFour(B, lines, step, at, to, apart, bytes)
}

/** values = T c, T[points,count]: of the polynomial with the coefficients c. T is G, or A transposed. */
// biome-ignore format: arguments by what they describe
export function evaluate(
  points: i32, count: i32, T: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
): void {
  if (points === 6) {
    if (count === 4) Inlined.evaluate(6, 4, T, lines, step, at, to, apart, bytes)
    else if (count === 3) Inlined.evaluate(6, 3, T, lines, step, at, to, apart, bytes)
    else if (count === 2) Inlined.evaluate(6, 2, T, lines, step, at, to, apart, bytes)
    else Inlined.evaluate(6, 5, T, lines, step, at, to, apart, bytes)
  } else if (count === 2) Inlined.evaluate(4, 2, T, lines, step, at, to, apart, bytes)
  else Inlined.evaluate(4, 3, T, lines, step, at, to, apart, bytes)
}

/** c = T' values, T[points,count]; with `start`, an address, on top of that line. T is A transposed, or G. */
// biome-ignore format: arguments by what they describe
export function combine(
  points: i32, count: i32, T: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
  start: usize,
): void {
  if (points === 6) {
    if (count === 4) Inlined.combine(6, 4, T, lines, step, at, to, apart, bytes, start)
    else if (count === 3) Inlined.combine(6, 3, T, lines, step, at, to, apart, bytes, start)
    else if (count === 2) Inlined.combine(6, 2, T, lines, step, at, to, apart, bytes, start)
    else Inlined.combine(6, 5, T, lines, step, at, to, apart, bytes, start)
  } else if (count === 2) Inlined.combine(4, 2, T, lines, step, at, to, apart, bytes, start)
  else Inlined.combine(4, 3, T, lines, step, at, to, apart, bytes, start)
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

/** Compiled once for each pair of constants `points` and `count`. */
// biome-ignore lint/complexity/noStaticOnlyClass: functions take no decorators
class Inlined {
  // biome-ignore format: a matrix, row by row
  @inline
  static evaluate(
    points: i32, count: i32, T: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
  ): void {
    const p0 = line(lines, at), p1 = line(lines + step, at)
    const p2 = count > 2 ? line(lines + 2 * step, at) : 0, p3 = count > 3 ? line(lines + 3 * step, at) : 0
    const p4 = count > 4 ? line(lines + 4 * step, at) : 0
    const t0 = entry(T, 0), last = entry(T, points * count - 1)
    const a = T + (count << 2), b = T + ((3 * count) << 2)
    let c: usize = 0
    do {
      const d0 = v128.load(p0 + c), d1 = v128.load(p1 + c)
      let d2 = d1, d3 = d1, d4 = d1
      let even = mul(entry(a, 0), d0), odd = mul(entry(a, 1), d1)
      if (count > 2) {
        d2 = v128.load(p2 + c)
        even = add(even, mul(entry(a, 2), d2))
      }
      if (count > 3) {
        d3 = v128.load(p3 + c)
        odd = add(odd, mul(entry(a, 3), d3))
      }
      if (count > 4) {
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
        even = mul(entry(b, 0), d0)
        odd = mul(entry(b, 1), d1)
        if (count > 2) even = add(even, mul(entry(b, 2), d2))
        if (count > 3) odd = add(odd, mul(entry(b, 3), d3))
        if (count > 4) even = add(even, mul(entry(b, 4), d4))
        v128.store(z, add(even, odd))
        z += apart
        v128.store(z, f32x4.sub(even, odd))
        z += apart
      }
      v128.store(z, mul(last, count === 2 ? d1 : count === 3 ? d2 : count === 4 ? d3 : d4))
      c += 16
    } while (c < bytes)
  }

  // biome-ignore format: a matrix, row by row
  @inline
  static combine(
    points: i32, count: i32, T: usize, lines: usize, step: usize, at: usize, to: usize, apart: usize, bytes: usize,
    start: usize,
  ): void {
    const p0 = line(lines, at), p1 = line(lines + step, at), p2 = line(lines + 2 * step, at), p3 = line(lines + 3 * step, at)
    const p4 = points > 4 ? line(lines + 4 * step, at) : 0, p5 = points > 4 ? line(lines + 5 * step, at) : 0
    const t0 = entry(T, 0), last = entry(T, points * count - 1)
    const a = T + (count << 2), b = T + ((3 * count) << 2)
    let c: usize = 0
    do {
      const d1 = v128.load(p1 + c), d2 = v128.load(p2 + c)
      const sum = add(d1, d2), difference = f32x4.sub(d1, d2)
      let z0 = add(mul(t0, v128.load(p0 + c)), mul(entry(a, 0), sum)), z1 = mul(entry(a, 1), difference)
      let z2 = sum, z3 = sum, z4 = sum
      if (count > 2) z2 = mul(entry(a, 2), sum)
      if (count > 3) z3 = mul(entry(a, 3), difference)
      if (count > 4) z4 = mul(entry(a, 4), sum)
      if (points > 4) {
        const d3 = v128.load(p3 + c), d4 = v128.load(p4 + c)
        const sumB = add(d3, d4), differenceB = f32x4.sub(d3, d4)
        z0 = add(z0, mul(entry(b, 0), sumB))
        z1 = add(z1, mul(entry(b, 1), differenceB))
        if (count > 2) z2 = add(z2, mul(entry(b, 2), sumB))
        if (count > 3) z3 = add(z3, mul(entry(b, 3), differenceB))
        if (count > 4) z4 = add(z4, mul(entry(b, 4), sumB))
      }
      const end = mul(last, v128.load((points > 4 ? p5 : p3) + c))
      if (count === 2) z1 = add(z1, end)
      else if (count === 3) z2 = add(z2, end)
      else if (count === 4) z3 = add(z3, end)
      else z4 = add(z4, end)
      if (start > 0) {
        const s = v128.load(start + c)
        z0 = add(z0, s)
        z1 = add(z1, s)
        if (count > 2) z2 = add(z2, s)
        if (count > 3) z3 = add(z3, s)
        if (count > 4) z4 = add(z4, s)
      }
      let z = to + c
      v128.store(z, z0)
      z += apart
      v128.store(z, z1)
      if (count > 2) {
        z += apart
        v128.store(z, z2)
      }
      if (count > 3) {
        z += apart
        v128.store(z, z3)
      }
      if (count > 4) {
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
