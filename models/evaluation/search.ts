import { checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import type { TypedArray } from '../../engine/index.ts'
import { cosineTiles, TILE } from './similarities.ts'
import { type Embeddings, withUnitRows } from './unitRows.ts'

export interface SearchOptions {
  /** How many of the gallery are found for each query. Default 10, or all of a smaller gallery. */
  readonly k?: number
  /** The height and the width, which 4096 bounds, of a tile of similarities. Default 256 and 4096: 4 MiB in float32. */
  readonly tile?: readonly [number, number]
}

const KNOWN = { k: true, tile: true } satisfies OptionNames<SearchOptions>

export interface Found {
  readonly k: number
  /** The rows of the gallery, k for each query, the most similar first. */
  readonly indices: Int32Array
  /** Their similarities. */
  readonly scores: Float64Array
}

/**
 * For each query x_i the k rows z_j of largest cos(x_i, z_j), in descending order; of equals the lower j comes
 * first.  x[N,D] z[M,D] -> indices[N,k] scores[N,k], row-major
 *
 * Exact: all N M similarities are computed, by `matmul` in tiles of which one stands in memory at a time, and only
 * the best of each row are kept. Beside the embeddings and their unit vectors that is a tile twice and 12 N k bytes.
 * `flatIndex` keeps the unit vectors of a gallery from one search to the next; queries of a float32 one on wasm then cost
 * little more than to read it once (`npx tsx examples/image-sets/searchTime.ts`). A query finds the same, to the last
 * digit, alone and among others.
 * The result does not depend on the tile. Throws unless 1 <= k <= M, and on embeddings that are not finite.
 */
export async function search(x: Embeddings, z: Embeddings, options: SearchOptions = {}): Promise<Found> {
  checkOptions('search', options, KNOWN)
  const { tile = TILE } = options
  if (
    !Array.isArray(tile) ||
    tile.length !== 2 ||
    !tile.every(side => Number.isSafeInteger(side) && side >= 1)
  ) {
    throw refusal('search', 'a tile of at least [1, 1]', tile)
  }
  return withUnitRows('search', ['queries', x], ['gallery', z], async (queries, gallery) => {
    const m = gallery.size
    const { k = Math.min(10, m) } = options
    if (!Number.isInteger(k) || k < 1 || k > m) {
      throw refusal('search', `k from 1 to ${m}, the gallery's size,`, k)
    }
    const best = new TopK(queries.size, k)
    for await (const { start, rows, column, columns, cosines } of cosineTiles(queries, gallery, ...tile)) {
      for (let r = 0; r < rows; r++) {
        best.offer(start + r, cosines, r * columns, (r + 1) * columns, column)
      }
    }
    return { k, ...best.result() }
  })
}

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
