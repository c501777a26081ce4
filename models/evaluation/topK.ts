import type { TypedArray } from '../../engine/index.ts'

/**
 * The k best of each row's scores, which come in runs of ascending index. A heap a row whose root is the worst that
 * is kept: a score costs one comparison unless it belongs to the best so far, and then log k. Of equal scores the
 * lower index is the better.
 */
export class TopK {
  readonly k: number
  readonly #scores: Float64Array
  readonly #indices: Int32Array
  readonly #filled: Int32Array

  constructor(rows: number, k: number) {
    this.k = k
    this.#scores = new Float64Array(rows * k)
    this.#indices = new Int32Array(rows * k)
    this.#filled = new Int32Array(rows)
  }

  /** Offers scores[from..to-1], of the indices `first`, `first` + 1, ..., all above those offered before. */
  offer(row: number, scores: TypedArray, from: number, to: number, first: number): void {
    const root = row * this.k
    let at = from
    while (at < to && this.#filled[row] < this.k) {
      this.#rise(root, this.#filled[row]++, scores[at], first + at - from)
      at++
    }
    let worst = this.#scores[root]
    for (; at < to; at++) {
      // Four at a time, since next to none gets in.
      while (
        at + 4 <= to &&
        scores[at] <= worst &&
        scores[at + 1] <= worst &&
        scores[at + 2] <= worst &&
        scores[at + 3] <= worst
      ) {
        at += 4
      }
      // A later score that is only equal has the higher index: it stays out.
      if (at === to || scores[at] <= worst) continue
      this.#sink(root, scores[at], first + at - from)
      worst = this.#scores[root]
    }
  }

  /** What a score must be above to get in: the least that is kept of a full row, and -Infinity before it is full. */
  bar(row: number): number {
    return this.#filled[row] < this.k ? Number.NEGATIVE_INFINITY : this.#scores[row * this.k]
  }

  /** Row by row, the best first: indices and scores of `rows` times k. Each row must have been offered k. */
  result(): { indices: Int32Array; scores: Float64Array } {
    const scores = this.#scores.slice()
    const indices = this.#indices.slice()
    for (let row = 0; row < this.#filled.length; row++) {
      const slots = Array.from({ length: this.k }, (_, i) => row * this.k + i)
      slots.sort((a, b) => this.#scores[b] - this.#scores[a] || this.#indices[a] - this.#indices[b])
      slots.forEach((slot, i) => {
        scores[row * this.k + i] = this.#scores[slot]
        indices[row * this.k + i] = this.#indices[slot]
      })
    }
    return { indices, scores }
  }

  #isWorse(slot: number, score: number, index: number): boolean {
    const other = this.#scores[slot]
    return other < score || (other === score && this.#indices[slot] > index)
  }

  #put(slot: number, score: number, index: number): void {
    this.#scores[slot] = score
    this.#indices[slot] = index
  }

  /** Takes an entry in at the heap's end, slot `at`, and up to where it belongs. */
  #rise(root: number, at: number, score: number, index: number): void {
    let slot = at
    while (slot > 0) {
      const parent = (slot - 1) >> 1
      if (this.#isWorse(root + parent, score, index)) break
      this.#put(root + slot, this.#scores[root + parent], this.#indices[root + parent])
      slot = parent
    }
    this.#put(root + slot, score, index)
  }

  /** Replaces the root, and lets the new entry down to where it belongs. */
  #sink(root: number, score: number, index: number): void {
    let slot = 0
    for (;;) {
      let child = 2 * slot + 1
      if (child >= this.k) break
      const right = root + child + 1
      if (
        child + 1 < this.k &&
        this.#isWorse(right, this.#scores[root + child], this.#indices[root + child])
      ) {
        child++
      }
      if (!this.#isWorse(root + child, score, index)) break
      this.#put(root + slot, this.#scores[root + child], this.#indices[root + child])
      slot = child
    }
    this.#put(root + slot, score, index)
  }
}
