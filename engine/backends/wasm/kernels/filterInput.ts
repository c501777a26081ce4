import { add, entry, line, mul } from './transforms.ts'

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
