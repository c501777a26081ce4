import { checkInteger } from '../../engine/check.ts'
import type { TypedArray } from '../../engine/index.ts'
import { BLOCK, cosineRows } from './cosineTiles.ts'
import { type Embeddings, unitPair } from './unitRows.ts'

export interface Block {
  /** The first row of the block. */
  readonly start: number
  readonly rows: number
  /** cos(x_i, z_j) for start <= i < start + rows and every j, row-major. */
  readonly cosines: TypedArray
}

/**
 * s_ij = cos(x_i, z_j), block of rows by block of rows, so that all N times M never stand in memory at once: at most
 * `blockSize` of them, 4 Mi by default, unless one row is longer.
 * x[N,D] z[M,D] -> blocks of [rows,M]. A row of 0 has similarity 0 with all. Throws on embeddings that are not finite.
 */
export async function* similarities(x: Embeddings, z: Embeddings, blockSize = BLOCK): AsyncGenerator<Block> {
  checkInteger('similarities', 'blockSize', blockSize, 1)
  const { u, v, release } = await unitPair('similarities', ['x', x], ['z', z])
  try {
    for await (const { row, rows, values } of cosineRows(u, v, blockSize)) {
      yield { start: row, rows, cosines: values }
    }
  } finally {
    release()
  }
}
