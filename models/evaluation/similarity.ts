import type { Tensor, TypedArray } from '../../engine/index.ts'
import { matmul, noGrad, normalize, slice, tidy } from '../../engine/index.ts'

export interface Block {
  /** The first row of the block. */
  readonly start: number
  readonly rows: number
  /** cos(x_i, z_j) for start <= i < start + rows and every j, row-major. */
  readonly cosines: TypedArray
}

/** How many similarities a block holds at most, unless one row is longer: 16 MiB in float32. */
const BLOCK = 4_194_304

/**
 * s_ij = cos(x_i, z_j), block of rows by block of rows, so that all N times M never stand in memory at once.
 * x[N,D] z[M,D] -> blocks of [rows,M]. A row of 0 has similarity 0 with all.
 */
export async function* similarities(x: Tensor, z: Tensor, blockSize = BLOCK): AsyncGenerator<Block> {
  if (x.rank !== 2 || z.rank !== 2 || x.shape[1] !== z.shape[1]) {
    throw new Error(`similarities: x[N,D] z[M,D] expected, got shapes [${x.shape}] and [${z.shape}]`)
  }
  const n = x.shape[0]
  const m = z.shape[0]
  const height = Math.max(1, Math.floor(blockSize / Math.max(1, m)))
  const [p, q] = noGrad(() => tidy(() => [normalize(x), normalize(z)]))
  try {
    for (let start = 0; start < n; start += height) {
      const rows = Math.min(height, n - start)
      const block = tidy(() => matmul(slice(p, [start], [start + rows]), q, { transposeB: true }))
      const cosines = await block.data()
      block.release()
      yield { start, rows, cosines }
    }
  } finally {
    p.release()
    q.release()
  }
}
