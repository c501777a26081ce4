import { matmul, noGrad, slice, type Tensor, type TypedArray, tidy } from '../../engine/index.ts'

export interface Tile {
  /** The first row and how many. */
  readonly row: number
  readonly rows: number
  /** The first column and how many. */
  readonly column: number
  readonly columns: number
  /** u_i . v_j of the tile, row-major. */
  readonly values: TypedArray
}

/** Of the height and the width: 1 Mi products, 4 MiB in float32, which a cache still holds when they are read. */
export const TILE = [256, 4096] as const

/** How many similarities stand in memory at once where rows are whole, unless one is longer: 16 MiB in float32. */
export const BLOCK = 4_194_304

/**
 * u v^T, tile by tile, so that memory does not grow with N M: for each block of columns from the left, all blocks
 * of rows from the top. Within a tile each product is summed alike, so equal rows have equal products.
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
      for (let row = 0; row < n; row += height) {
        const rows = Math.min(height, n - row)
        const product = noGrad(() =>
          tidy(() => matmul(slice(u, [row], [row + rows]), right, { transposeB: true })),
        )
        const values = await product.data()
        product.release()
        yield { row, rows, column, columns, values }
      }
    } finally {
      right.release()
    }
  }
}

/** The same in tiles of whole rows, of about `block` products.  u[N,D] v[M,D] -> tiles of [rows,M] */
export const cosineRows = (u: Tensor, v: Tensor, block = BLOCK): AsyncGenerator<Tile> =>
  cosineTiles(u, v, Math.max(1, Math.floor(block / v.shape[0])), v.shape[0])
