/**
 * How many of the pairs of two identities each pair of one identity lets in as a threshold, none of the former kept: all that
 * TAR at FAR needs. A score below every pair of one identity costs one comparison, any other a bisection.
 */
export class FalseAccepts {
  readonly #same: Float64Array
  /** Of k, how many scores are at least the k lowest of `same`, and no more of them. */
  readonly #counts: Float64Array
  readonly #far: number
  #total = 0

  constructor(same: ArrayLike<number>, far: number) {
    this.#far = far
    this.#same = Float64Array.from(same).sort()
    this.#counts = new Float64Array(same.length + 1)
  }

  /** Counts a pair of two identities. */
  add(score: number): void {
    this.#total++
    const same = this.#same
    if (score < same[0]) return
    let low = 0
    let high = same.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (same[middle] > score) high = middle
      else low = middle + 1
    }
    this.#counts[low]++
  }

  /** `tarAtFar` of all that was counted until now. */
  tar(): number {
    const n = this.#same.length
    if (n === 0 || this.#total === 0) return Number.NaN
    let accepted = 0
    for (let k = n - 1; k >= 0; k--) {
      accepted += this.#counts[k + 1]
      // Equal pairs let in equally many: the counts between them are 0.
      if (accepted / this.#total > this.#far) return (n - 1 - k) / n
    }
    return 1
  }
}
