/** Scores of one kind: what they count for together, and the probability that each is to have. */
interface Kind {
  readonly scores: ArrayLike<number>
  readonly weight: number
  readonly target: number
}

interface Line {
  readonly slope: number
  readonly intercept: number
}

/** The cost at a line, and its first and second derivatives in slope and intercept. */
interface Cost {
  readonly value: number
  readonly gradient: readonly [number, number]
  readonly hessian: readonly [number, number, number]
}

export const sigmoid = (l: number): number => 1 / (1 + Math.exp(-l))

/** Of the cost in nats: what float64 no longer sees. */
const CONVERGED = 1e-18
const MOST_STEPS = 100

/**
 * The line a, b that minimises sum_k weight_k mean_{s in k} -[t_k ln p + (1-t_k) ln(1-p)],  p = σ(a s + b + offset),
 * by Newton's method with halved steps: the cost is convex. Scores are standardised on the way.
 */
export function fitLogistic(kinds: readonly Kind[], offset: number): Line {
  const { mean, spread } = momentsOf(kinds)
  const costAt = ({ slope, intercept }: Line): Cost =>
    costOf(kinds, slope / spread, intercept + offset - (slope * mean) / spread, mean, spread)
  let line: Line = { slope: 0, intercept: 0 }
  let cost = costAt(line)
  for (let step = 0; step < MOST_STEPS; step++) {
    const [[g0, g1], [h00, h01, h11]] = [cost.gradient, cost.hessian]
    const determinant = h00 * h11 - h01 * h01
    const move = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant]
    // Twice what the quadratic says that the step gains.
    if (!(g0 * move[0] + g1 * move[1] > CONVERGED)) break
    const after = (size: number): Line => ({
      slope: line.slope - size * move[0],
      intercept: line.intercept - size * move[1],
    })
    let size = 1
    let next = costAt(after(size))
    while (next.value > cost.value && size > Number.EPSILON) {
      size /= 2
      next = costAt(after(size))
    }
    line = after(size)
    cost = next
  }
  return { slope: line.slope / spread, intercept: line.intercept - (line.slope * mean) / spread }
}

/** At p = σ(a s + b), with the derivatives in the line of the standardised score. */
function costOf(kinds: readonly Kind[], a: number, b: number, mean: number, spread: number): Cost {
  let [value, g0, g1, h00, h01, h11] = [0, 0, 0, 0, 0, 0]
  for (const { scores, weight, target } of kinds) {
    const w = weight / scores.length
    for (let i = 0; i < scores.length; i++) {
      const l = a * scores[i] + b
      const z = (scores[i] - mean) / spread
      const p = sigmoid(l)
      value += w * (Math.max(l, 0) + Math.log1p(Math.exp(-Math.abs(l))) - target * l)
      const [g, h] = [w * (p - target), w * p * (1 - p)]
      g0 += g * z
      g1 += g
      h00 += h * z * z
      h01 += h * z
      h11 += h
    }
  }
  return { value, gradient: [g0, g1], hessian: [h00, h01, h11] }
}

/** The mean and the standard deviation of the scores, kinds by their weights; 1 where all are equal. */
function momentsOf(kinds: readonly Kind[]): { mean: number; spread: number } {
  const meanOf = (f: (score: number) => number): number => {
    let sum = 0
    for (const { scores, weight } of kinds) {
      for (let i = 0; i < scores.length; i++) sum += (weight / scores.length) * f(scores[i])
    }
    return sum
  }
  const mean = meanOf(s => s)
  return { mean, spread: Math.sqrt(meanOf(s => (s - mean) ** 2)) || 1 }
}
