import { checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import { cosineTiles, TILE } from './cosineTiles.ts'
import { TopK } from './topK.ts'
import { type Embeddings, withUnitRows } from './unitRows.ts'

export interface SearchOptions {
  /** How many of the gallery are found for each query. Default 10, or all of a smaller gallery. */
  readonly k?: number
  /** The height and the width of a tile of similarities. Default 256 and 4096: 4 MiB in float32. */
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
 * 10,000 queries in 100,000 x 64 take 7.4 s of processor time, the products shared by the threads, and 107 MiB more
 * than the embeddings (`npx tsx examples/image-sets/searchTime.ts`).
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
    const m = gallery.shape[0]
    const { k = Math.min(10, m) } = options
    if (!Number.isInteger(k) || k < 1 || k > m) {
      throw refusal('search', `k from 1 to ${m}, the gallery's size,`, k)
    }
    const best = new TopK(queries.shape[0], k)
    for await (const { row, rows, column, columns, values } of cosineTiles(queries, gallery, ...tile)) {
      for (let r = 0; r < rows; r++) {
        best.offer(row + r, values, r * columns, (r + 1) * columns, column)
      }
    }
    return { k, ...best.result() }
  })
}
