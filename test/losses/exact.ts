/** Numbers with 400 bits behind the point, for values that float64 rounds: x stands for x 2^-400. */
const BITS = 400n
const ONE = 1n << BITS

/** Every finite float64 of at least 2^-300 or so as it is. */
export function fixed(x: number): bigint {
  let [mantissa, exponent] = [x, 0]
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2
    exponent++
  }
  return (BigInt(mantissa) << BITS) >> BigInt(exponent)
}

/** To nearest within a few of 2^-64 of itself. */
export function float(x: bigint): number {
  const size = (x < 0n ? -x : x).toString(2).length
  const shift = BigInt(Math.max(0, size - 64))
  return Number(x >> shift) * 2 ** Number(shift - BITS)
}

export const times = (x: bigint, y: bigint): bigint => (x * y) >> BITS
export const over = (x: bigint, y: bigint): bigint => (x << BITS) / y
export const inner = (x: readonly bigint[], y: readonly bigint[]): bigint =>
  x.reduce((total, xi, i) => total + times(xi, y[i]), 0n)

export function root(x: bigint): bigint {
  if (x <= 0n) return 0n
  const n = x << BITS
  let r = 1n << BigInt((n.toString(2).length + 1) >> 1)
  for (;;) {
    const next = (r + n / r) >> 1n
    if (next >= r) return r
    r = next
  }
}

export const direction = (x: readonly bigint[]): bigint[] => {
  const length = root(inner(x, x))
  return x.map(xi => over(xi, length))
}

/** The angle between x and w, and its gradients: minus the unit tangents towards each other, over the lengths. */
export function exactAngle(x: readonly bigint[], w: readonly bigint[]) {
  const [u, v] = [direction(x), direction(w)]
  const c = inner(u, v)
  const s = root(ONE - times(c, c))
  const slope = (from: bigint[], to: bigint[], at: readonly bigint[]): number[] => {
    const by = s === 0n ? 0n : over(ONE, times(s, root(inner(at, at))))
    return from.map((f, i) => float(times(times(c, f) - to[i], by)))
  }
  return { theta: Math.atan2(float(s), float(c)), sin: float(s), dx: slope(u, v, x), dw: slope(v, u, w) }
}
