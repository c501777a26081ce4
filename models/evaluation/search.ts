import { checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import { nearest } from './nearest.ts'
import { TILE } from './similarities.ts'
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
    return { k, ...(await nearest(queries, gallery, k, tile)) }
  })
}
