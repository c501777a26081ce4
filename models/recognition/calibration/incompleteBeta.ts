/** Lanczos' series of ln Γ with g = 7 and nine terms: relative error below 1e-14 for x > 0. */
const G = 7
const TERMS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x), x > 0. */
function logGamma(x: number): number {
  const t = x - 1
  let sum = TERMS[0]
  for (let k = 1; k <= G + 1; k++) sum += TERMS[k] / (t + k)
  const base = t + G + 0.5
  return Math.log(2 * Math.PI) / 2 + (t + 0.5) * Math.log(base) - base + Math.log(sum)
}

/**
 * I_x(a, b) = ∫_0^x t^(a-1) (1-t)^(b-1) dt / B(a, b), the distribution function of Beta(a, b).  x in 0..1, a, b > 0 -> 0..1
 * By its continued fraction (DLMF 8.17.22), evaluated from the front as Lentz does.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const log = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  // The fraction converges fast below the mean of the distribution; above it the other tail is taken.
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(log) / a) * fraction(x, a, b)
    : 1 - (Math.exp(log) / b) * fraction(1 - x, b, a)
}

/** 1/(1 + d_1/(1 + d_2/(1 + ..))) of that. */
function fraction(x: number, a: number, b: number): number {
  const tiny = Number.MIN_VALUE / Number.EPSILON
  const kept = (value: number): number => (Math.abs(value) < tiny ? tiny : value)
  let d = 1 / kept(1 - ((a + b) * x) / (a + 1))
  let c = 1
  let value = d
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / kept(1 + even * d)
    c = kept(1 + even / c)
    value *= c * d
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / kept(1 + odd * d)
    c = kept(1 + odd / c)
    value *= c * d
    // Steps shrink from here on; their number grows with sqrt(max(a, b)).
    if (Math.abs(c * d - 1) < 2 * Number.EPSILON) return value
  }
}

/** The x with I_x(a, b) = p, by bisection to float64's last digits.  p in 0..1, a, b > 0 -> 0..1 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  let [low, high] = [0, 1]
  while (high - low > 4 * Number.EPSILON * high && high > Number.MIN_VALUE) {
    const middle = (low + high) / 2
    if (incompleteBeta(middle, a, b) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
