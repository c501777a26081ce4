import { isRecord, refusal } from '../check.ts'
import type { Domain } from '../domain.ts'
import type { Generator } from '../random.ts'

const UNIT = 1 / 128

/**
 * The values of a domain: odd multiples of 1/128 in [low, high] (even ones where `even` is set) that keep `margin`
 * from each of `avoid`, those near 0 first. Sums and products of a few are exact in float64, none is 0, and two
 * differ by 1/64 at least: wider than finite differences step, so that ties and kinks stay out of their reach.
 */
export function gridOf(domain: Domain): readonly number[] {
  checkDomain('gridOf', domain)
  let values = grids.get(domain)
  if (values === undefined) {
    const { low, high, avoid = [], margin = 0, even = false } = domain
    const all: number[] = []
    for (let k = Math.ceil(low / UNIT); k <= Math.floor(high / UNIT); k++) {
      const x = k * UNIT
      if ((k % 2 === 0) === even && avoid.every(a => Math.abs(x - a) >= margin)) all.push(x)
    }
    values = all.sort((a, b) => Math.abs(a) - Math.abs(b) || b - a)
    if (values.length === 0) throw new Error(`domain: a value in [${low}, ${high}] expected, got none`)
    grids.set(domain, values)
  }
  return values
}

export function checkDomain(op: string, domain: Domain): void {
  if (!isRecord(domain)) throw refusal(op, 'a domain, such as reals,', domain)
}

const grids = new WeakMap<Domain, readonly number[]>()

/** `n` values of a domain, no two alike where it says `distinct`. */
export function drawValues(rng: Generator, n: number, domain: Domain): Float64Array {
  const grid = gridOf(domain)
  if (!domain.distinct) return Float64Array.from({ length: n }, () => grid[rng.integer(0, grid.length - 1)])
  checkDistinct(n, grid.length)
  return Float64Array.from(rng.permutation(grid.length).subarray(0, n), i => grid[i])
}

export function checkDistinct(n: number, available: number): void {
  if (n > available) throw new Error(`domain: at most ${available} distinct values expected, got ${n}`)
}

/**
 * A direction for finite differences, or a cotangent: odd multiples of 1/4096 in +-[1/2, 1], dyadic so that x + h v
 * is exact. No element is left out, none outweighs the others, and sums of a few rarely cancel.
 */
export function direction(rng: Generator, n: number): Float64Array {
  return Float64Array.from({ length: n }, () => {
    const sign = rng.uniform() < 0.5 ? -1 : 1
    return (sign * (2049 + 2 * rng.integer(0, 1023))) / 4096
  })
}
