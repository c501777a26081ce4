/** A vector that was found. */
export interface Neighbor {
  readonly key: number
  /** The cosine with the query. */
  readonly score: number
}

/**
 * Unit vectors by key, an integer >= 0, and a search for the most similar: what a `Gallery` keeps its vectors in. `exactStore` is ours,
 * in memory; `lanceStore` and `pgVectorStore` speak to databases.
 */
export interface VectorStore {
  /** Stores vectors[N,D]; those of keys that are known are replaced. */
  put(keys: readonly number[], vectors: readonly Float32Array[]): Promise<void>
  /** The vectors of these keys, in this order. Throws on a key that is not known. */
  get(keys: readonly number[]): Promise<Float32Array[]>
  /** Forgets these keys; those that are not known it passes over. */
  remove(keys: readonly number[]): Promise<void>
  /** For each query at most k neighbours, the most similar first. queries[N,D] of unit length */
  search(queries: readonly Float32Array[], k: number): Promise<Neighbor[][]>
  /** Gives back what it holds of memory; a database stays open. */
  dispose?(): void
}
