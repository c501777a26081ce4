import { checkInteger } from '../../../engine/check.ts'
import { tensor } from '../../../engine/index.ts'
import { BLOCK, FlatIndex } from '../../evaluation/flatIndex.ts'
import { search } from '../../evaluation/search.ts'
import type { Neighbor, VectorStore } from './vectorStore.ts'

/** Some of the vectors: as rows while they change, and as an index to be searched in. One of the two. */
interface Block {
  count: number
  rows?: Float32Array
  index?: FlatIndex
}

/**
 * All vectors in memory, 4 D bytes each, in blocks of 4096: exact, by `search`. A change costs a copy of its block before the next
 * search; vectors that are removed leave their place to the last ones. Of equal scores the vector whose place is lower comes first.
 */
export function exactStore(dimension: number): VectorStore {
  checkInteger('exactStore', 'dimension', dimension, 1)
  return new ExactStore(dimension)
}

class ExactStore implements VectorStore {
  readonly #d: number
  readonly #blocks: Block[] = []
  /** The key at each place, and the place of each key. */
  readonly #keys: number[] = []
  readonly #places = new Map<number, number>()

  constructor(dimension: number) {
    this.#d = dimension
  }

  async put(keys: readonly number[], vectors: readonly Float32Array[]): Promise<void> {
    for (const [i, key] of keys.entries()) {
      let place = this.#places.get(key)
      if (place === undefined) {
        place = this.#keys.push(key) - 1
        this.#places.set(key, place)
      }
      await this.#write(place, vectors[i])
    }
  }

  async get(keys: readonly number[]): Promise<Float32Array[]> {
    const found: Float32Array[] = []
    for (const key of keys) {
      const place = this.#places.get(key)
      if (place === undefined) throw new Error(`exactStore: a key that is stored expected, got ${key}`)
      found.push(await this.#read(place))
    }
    return found
  }

  async remove(keys: readonly number[]): Promise<void> {
    for (const key of keys) {
      const place = this.#places.get(key)
      if (place === undefined) continue
      const last = this.#keys.length - 1
      if (place < last) {
        await this.#write(place, await this.#read(last))
        this.#keys[place] = this.#keys[last]
        this.#places.set(this.#keys[place], place)
      }
      this.#keys.pop()
      this.#places.delete(key)
      const block = this.#blocks[this.#blocks.length - 1]
      await this.#rowsOf(block)
      if (--block.count === 0) this.#blocks.pop()
    }
  }

  async search(queries: readonly Float32Array[], k: number): Promise<Neighbor[][]> {
    if (this.#keys.length === 0 || queries.length === 0) return queries.map(() => [])
    const index = FlatIndex.over(...this.#blocks.map(block => this.#indexOf(block)))
    const found = await search(queries, index, { k: Math.min(k, index.size) })
    return queries.map((_, i) =>
      Array.from({ length: found.k }, (_, j) => {
        const at = i * found.k + j
        return { key: this.#keys[found.indices[at]], score: found.scores[at] }
      }),
    )
  }

  dispose(): void {
    for (const { index } of this.#blocks.splice(0)) index?.dispose()
    this.#keys.length = 0
    this.#places.clear()
  }

  /** A vector at a place that there is, or the one after the last. */
  async #write(place: number, vector: Float32Array): Promise<void> {
    const at = Math.floor(place / BLOCK)
    const block = this.#blocks[at] ?? { count: 0, rows: new Float32Array(BLOCK * this.#d) }
    this.#blocks[at] = block
    const rows = await this.#rowsOf(block)
    rows.set(vector, (place % BLOCK) * this.#d)
    block.count = Math.max(block.count, (place % BLOCK) + 1)
  }

  async #read(place: number): Promise<Float32Array> {
    const block = this.#blocks[Math.floor(place / BLOCK)]
    const begin = (place % BLOCK) * this.#d
    return (await this.#rowsOf(block)).slice(begin, begin + this.#d)
  }

  async #rowsOf(block: Block): Promise<Float32Array> {
    if (block.rows !== undefined) return block.rows
    const rows = new Float32Array(BLOCK * this.#d)
    rows.set(await block.index!.data())
    block.index!.dispose()
    block.index = undefined
    block.rows = rows
    return rows
  }

  #indexOf(block: Block): FlatIndex {
    if (block.index !== undefined) return block.index
    const rows = tensor(block.rows!.slice(0, block.count * this.#d), { shape: [block.count, this.#d] })
    // They are unit vectors: as they are, so that what is saved and loaded is found alike.
    block.index = FlatIndex.of(rows, unit => unit)
    rows.dispose()
    block.rows = undefined
    return block.index
  }
}
