import { checkInteger } from '../../engine/check.ts'
import { ascending } from './numbers.ts'

/**
 * What stands first among equal similarities: `worst`, those that are no match, so that no figure depends on the
 * order of the rows and a collapsed embedding earns nothing; `index`, the lower index, as a stable sort leaves them.
 */
export type Ties = 'worst' | 'index'

/** Parts of the range of a query's matches, for each match: few parts have more than one. */
const PARTS = 8

/**
 * The matches of one query in descending order, and how many others stand before each of them. Only the matches
 * are sorted, and they are few. Each of the others is looked up in a guide table (Chen and Asau 1974), which says for each
 * part of the range of the matches where in their order to begin; it costs nothing when it is below them all.
 */
export class MatchRanks {
  /** The indices of the matches in descending order of similarity, of equals the lower index. */
  readonly order: readonly number[]
  /** Their similarities, in that order. */
  readonly scores: Float64Array
  /** The least of them; Infinity without any. */
  readonly lowest: number
  readonly #others: Int32Array
  readonly #worst: boolean
  /** For each part of lowest..highest, ascending, how many matches are in parts above. */
  readonly #guide: Int32Array
  readonly #highest: number
  readonly #scale: number

  constructor(matches: readonly number[], scoreOf: (j: number) => number, ties: Ties) {
    this.order = [...matches].sort((a, b) => scoreOf(b) - scoreOf(a) || a - b)
    this.scores = Float64Array.from(this.order, scoreOf)
    this.#others = new Int32Array(this.order.length + 1)
    this.lowest = this.scores[this.order.length - 1] ?? Infinity
    this.#worst = ties === 'worst'
    this.#highest = this.scores[0] ?? -Infinity
    const parts = PARTS * this.order.length
    this.#scale = parts / (this.#highest - this.lowest)
    this.#guide = new Int32Array(parts + 1)
    for (const score of this.scores) if (this.#part(score) > 0) this.#guide[this.#part(score) - 1]++
    for (let i = parts - 1; i >= 0; i--) this.#guide[i] += this.#guide[i + 1]
  }

  /** Which part a score of lowest..highest is in. */
  #part(score: number): number {
    return ((score - this.lowest) * this.#scale) | 0
  }

  /** Counts another image, of similarity `score` and index j, where it stands among the matches. */
  add(score: number, j: number): void {
    if (score < this.lowest) return
    const own = this.scores
    let low = score > this.#highest ? 0 : this.#guide[this.#part(score)]
    while (own[low] > score) low++
    // It is before every equal match now; those of a lower index go first where the index decides.
    if (!this.#worst) while (own[low] === score && this.order[low] < j) low++
    this.#others[low]++
  }

  /** For each match, in order, how many of the others stand before it. */
  before(): number[] {
    let total = 0
    return this.order.map((_, k) => {
      total += this.#others[k]
      return total
    })
  }
}

/**
 * The ranks, from 1 and ascending, of one query's matches among all that compete with them: the matches, and every
 * j for which `competes(j)` holds, which it must not for a match. The rest is left out of the ranking.
 */
export function ranksOfMatches(
  scores: ArrayLike<number>,
  matches: readonly number[],
  competes: (j: number) => boolean,
  ties: Ties,
): number[] {
  const ranks = new MatchRanks(matches, j => scores[j], ties)
  // Most stand below all matches: of them nothing else is asked.
  const { lowest } = ranks
  for (let j = 0; j < scores.length; j++) if (scores[j] >= lowest && competes(j)) ranks.add(scores[j], j)
  return ranks.before().map((others, k) => others + k + 1)
}

/** CMC(k) = share of the first ranks that are <= k, for k = 1..upTo; NaN without any. */
export function cumulativeMatch(firstRanks: readonly number[], upTo: number): Float64Array {
  const counts = new Float64Array(upTo)
  for (const rank of firstRanks) if (rank <= upTo) counts[rank - 1]++
  let reached = 0
  return counts.map(count => {
    reached += count
    return reached / firstRanks.length
  })
}

/** Throws unless a CMC curve can go up to that rank. */
export const checkRanks = (op: string, ranks: number): void => checkInteger(op, 'ranks', ranks, 1, LONGEST)

/** Of a curve that memory is sure to hold. */
const LONGEST = 2 ** 24

/**
 * AP = (1/K) sum_k k / r_k, not interpolated, for the ranks r_1 < .. < r_K (from 1) of the K matches; NaN for K = 0.
 * The area under the precision as a step function of the recall. Ranks in another order are sorted. Throws on one that
 * is no integer >= 1, and on one that is there twice.
 */
export const averagePrecision = (ranks: ArrayLike<number>): number =>
  meanOverMatches('averagePrecision', ranks, (r, k) => (k + 1) / r)

/**
 * AP = (1/K) sum_k (q_k + k / r_k) / 2, where q_k is the precision one rank earlier, (k - 1) / (r_k - 1), and 1
 * for r_k = 1: the area by trapezoids between the old precision and the new, as `compute_AP.m` of Market-1501's
 * and DukeMTMC-reID's evaluation code has it (from the Oxford buildings' `compute_ap.cpp`, Philbin et al. 2007).
 * Never above `averagePrecision`, and equal to it only where all matches come first. Ranks as there.
 */
export const trapezoidalPrecision = (ranks: ArrayLike<number>): number =>
  meanOverMatches('trapezoidalPrecision', ranks, (r, k) => ((r === 1 ? 1 : k / (r - 1)) + (k + 1) / r) / 2)

/** The mean of a figure of each match, of its rank and of how many matches stand before it. */
function meanOverMatches(
  op: string,
  ranks: ArrayLike<number>,
  figure: (rank: number, before: number) => number,
): number {
  const sorted = ascending(op, 'ranks', ranks, 'match')
  let sum = 0
  for (let k = 0; k < sorted.length; k++) {
    checkInteger(op, 'a rank', sorted[k], 1)
    if (sorted[k] === sorted[k - 1])
      throw new Error(`${op}: ranks that differ expected, got ${sorted[k]} twice`)
    sum += figure(sorted[k], k)
  }
  return sum / sorted.length
}
