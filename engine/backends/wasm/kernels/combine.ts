import { add, entry, line, mul } from './transforms.ts'

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

/** Compiled once for each choice of the constants `points`, `count` and `size`. */
// biome-ignore lint/complexity/noStaticOnlyClass: functions take no decorators
class Inlined {
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
