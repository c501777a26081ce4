/**
 * What stands first among equal similarities: `worst`, those that are no match, so that no figure depends on the
 * order of the rows and a collapsed embedding earns nothing; `index`, the lower index, as a stable sort leaves them.
 */
export type Ties = 'worst' | 'index'

/**
 * The matches of one query in descending order, and how many others stand before each of them. Only the matches
 * are sorted, and they are few; each of the others costs a bisection, and nothing when it is below them all.
 */
export class Ladder {
  /** The indices of the matches in the order of the ladder: descending similarity, of equals the lower index. */
  readonly order: readonly number[]
  readonly #scores: Float64Array
  readonly #pushed: Int32Array
  readonly #lowest: number
  readonly #worst: boolean

  constructor(matches: readonly number[], scoreOf: (j: number) => number, ties: Ties) {
    this.order = [...matches].sort((a, b) => scoreOf(b) - scoreOf(a) || a - b)
    this.#scores = Float64Array.from(this.order, scoreOf)
    this.#pushed = new Int32Array(this.order.length + 1)
    this.#lowest = this.#scores[this.order.length - 1] ?? Infinity
    this.#worst = ties === 'worst'
  }

  /** Puts another image of similarity `score` and index j in its place. */
  push(score: number, j: number): void {
    if (score < this.#lowest) return
    const own = this.#scores
    let low = 0
    let high = own.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (own[middle] <= score) high = middle
      else low = middle + 1
    }
    // It is before every equal match now; those of a lower index go first where the index decides.
    if (!this.#worst) while (own[low] === score && this.order[low] < j) low++
    this.#pushed[low]++
  }

  /** For each match, in order, how many of the others stand before it. */
  before(): number[] {
    let total = 0
    return this.order.map((_, k) => {
      total += this.#pushed[k]
      return total
    })
  }
}

/**
 * The ranks, from 1 and ascending, of one query's matches among all that compete with them: the matches, and every
 * j for which `competes(j)` holds, which it must not for a match. The rest is left out of the ranking.
 */
export function hitRanks(
  scores: ArrayLike<number>,
  matches: readonly number[],
  competes: (j: number) => boolean,
  ties: Ties,
): number[] {
  const ladder = new Ladder(matches, j => scores[j], ties)
  for (let j = 0; j < scores.length; j++) if (competes(j)) ladder.push(scores[j], j)
  return ladder.before().map((others, k) => others + k + 1)
}
