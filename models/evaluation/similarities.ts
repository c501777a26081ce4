import { checkInteger } from '../../engine/check.ts'
import { matmul, noGrad, slice, type Tensor, type TypedArray, tidy } from '../../engine/index.ts'
import { type Embeddings, unitPair } from './unitRows.ts'

/** Some rows of the similarities, whole. */
export interface SimilarityRows {
  /** The first row. */
  readonly start: number
  readonly rows: number
  /** cos(x_i, z_j) for start <= i < start + rows and every j, row-major. */
  readonly cosines: TypedArray
}

/** A part of them: the columns from `column` on. */
interface Tile extends SimilarityRows {
  readonly column: number
  readonly columns: number
}

/** Of the height and the width: 1 Mi products, 4 MiB in float32, which a cache still holds when they are read. */
export const TILE = [256, 4096] as const

/** How many similarities stand in memory at once where rows are whole, unless one is longer: 16 MiB in float32. */
const MOST = 4_194_304

/**
 * s_ij = cos(x_i, z_j), some rows at a time, so that all N times M never stand in memory at once: at most `blockSize` of
 * them, 4 Mi by default, unless one row is longer.
 * x[N,D] z[M,D] -> [rows,M] in turn. A row of 0 has similarity 0 with all. Throws on embeddings that are not finite.
 */
export async function* similarities(
  x: Embeddings,
  z: Embeddings,
  blockSize = MOST,
): AsyncGenerator<SimilarityRows> {
  checkInteger('similarities', 'blockSize', blockSize, 1)
  const { u, v, dispose } = await unitPair('similarities', ['x', x], ['z', z])
  try {
    yield* cosineRows(u, v, blockSize)
  } finally {
    dispose()
  }
}

/** The same of unit rows, `most` similarities at a time.  u[N,D] v[M,D] -> tiles of [rows,M] */
export const cosineRows = (u: Tensor, v: Tensor, most = MOST): AsyncGenerator<Tile> =>
  cosineTiles(u, v, Math.max(1, Math.floor(most / v.shape[0])), v.shape[0])

/**
 * u v^T, tile by tile, so that memory does not grow with N M: for the columns of a tile from the left, all of its rows
 * from the top. Within a tile each product is summed alike, so equal rows have equal products.
 * u[N,D] v[M,D] -> tiles of at most [height,width]
 */
export async function* cosineTiles(
  u: Tensor,
  v: Tensor,
  height: number = TILE[0],
  width: number = TILE[1],
): AsyncGenerator<Tile> {
  const [n, m] = [u.shape[0], v.shape[0]]
  for (let column = 0; column < m; column += width) {
    const columns = Math.min(width, m - column)
    const right = noGrad(() => slice(v, [column], [column + columns]))
    try {
      for (let start = 0; start < n; start += height) {
        const rows = Math.min(height, n - start)
        const product = noGrad(() =>
          tidy(() => matmul(slice(u, [start], [start + rows]), right, { transposeB: true })),
        )
        const cosines = await product.data()
        product.dispose()
        yield { start, rows, column, columns, cosines }
      }
    } finally {
      right.dispose()
    }
  }
}
