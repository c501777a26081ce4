import { probit } from '../scores/probit.ts'
import type { Cells } from './cells.ts'
import { betaQuantile } from './incompleteBeta.ts'
import { clopperPearson, type Rate } from './rate.ts'

/**
 * The rate of an event among pairs that share identities: the exact interval of so many independent pairs as have its variance,
 *   V = [sum_i (r_i E_i)² - sum_{cells of two} e²] / n²,  e = events - p pairs of a cell, E_i = sum of e over the cells of i
 *   effective = p(1-p)/V (z/t_ν)², at most n;  r_i = n/(n - pairs of i),  ν = 2 / (sum_i E_i⁴/(sum_i E_i²)² - 1/identities)
 * Cells with an identity in common may be correlated in any way; others are independent. Where no pair has the event, or all have,
 * nothing tells V: then as many pairs count as share no identity.
 *
 * Source: V is the "dyadic" cluster-robust variance (Aronow, Samii and Assenova 2015, arXiv:1312.3398); effective sizes in exact
 * intervals are Korn and Graubard's (1998). Ours are r_i, as without identity i, and ν, the freedom of squares of such kurtosis. A
 * bootstrap over identities counts the chance of single pairs in V three times: its intervals are too wide, and it needs a seed.
 */
export function rateOfIdentities(cells: Cells, confidence: number): Rate {
  const [events, n] = [sum(cells.events), sum(cells.pairs)]
  const p = events / n
  const { variance, freedom, disjoint } = spreadOf(cells, p, n)
  const told = events > 0 && events < n && freedom >= 1
  const size = told ? ((p * (1 - p)) / variance) * shrinkage(freedom, confidence) : disjoint
  const effective = variance > 0 || !told ? Math.min(n, size) : n
  return { value: p, ...clopperPearson(p * effective, effective, confidence), events, pairs: n, effective }
}

interface Spread {
  readonly variance: number
  readonly freedom: number
  /** How many pairs there can be without an identity in common, about. */
  readonly disjoint: number
}

function spreadOf({ a, b, pairs, events, identities }: Cells, p: number, n: number): Spread {
  const [errors, counts] = [new Float64Array(identities), new Float64Array(identities)]
  let [twice, own] = [0, 0]
  for (let c = 0; c < pairs.length; c++) {
    const e = events[c] - p * pairs[c]
    errors[a[c]] += e
    counts[a[c]] += pairs[c]
    if (a[c] === b[c]) {
      own++
      continue
    }
    errors[b[c]] += e
    counts[b[c]] += pairs[c]
    twice += e * e
  }
  const used = sum(counts.map(count => Math.min(1, count)))
  const squares = sum(errors.map((e, i) => (e / Math.max(1 - counts[i] / n, 1 / used)) ** 2))
  const kurtosis = sum(errors.map(e => e ** 4)) / sum(errors.map(e => e ** 2)) ** 2
  const freedom = Math.min(used - 1, 2 / Math.max(kurtosis - 1 / used, Number.EPSILON))
  return { variance: (squares - twice) / n ** 2, freedom, disjoint: Math.max(1, own, used / 2) }
}

/** (z/t_ν)², the quantiles of the normal distribution and of Student's t on both sides of so much confidence. */
function shrinkage(freedom: number, confidence: number): number {
  const x = betaQuantile(1 - confidence, freedom / 2, 0.5)
  return (probit((1 + confidence) / 2) ** 2 * x) / (freedom * (1 - x))
}

const sum = (list: Float64Array): number => list.reduce((total, value) => total + value, 0)
