import { add, entry, line, mul } from './transforms.ts'

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
}
