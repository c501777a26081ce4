import { max, noGrad, reshape, type Tensor, type TypedArray, tidy } from '../../engine/index.ts'
import { readInto } from '../../engine/readInto.ts'
import { valuesInPlace } from '../../engine/table.ts'
import { BLOCK, type FlatIndex } from './flatIndex.ts'
import { productTiles, TILE } from './similarities.ts'
import { TopK } from './topK.ts'

/** Columns of a tile that are passed over at once where none of them gets in. */
const GROUP = 64
/** Rows of a tile from which on the largest of each group cost less than a look at every score. */
const MANY = 8

/**
 * The k rows v_j of largest u_i . v_j for each u_i, in descending order; of equals the lower j comes first.
 * u[N,D] v[M,D] -> indices[N,k] scores[N,k], row-major
 */
export async function nearest(
  u: FlatIndex,
  v: FlatIndex,
  k: number,
  [height, width]: readonly [number, number] = TILE,
): Promise<{ indices: Int32Array; scores: Float64Array }> {
  const best = new TopK(u.size, k)
  const Values = u.dtype === 'float64' ? Float64Array : Float32Array
  const target = new Values(Math.min(height, u.size) * Math.ceil(Math.min(width, BLOCK, v.size) / GROUP))
  for (const { start, rows, column, columns, product } of productTiles(u, v, height, width)) {
    const many = rows >= MANY
    const group = many && columns % GROUP === 0 ? GROUP : columns
    const groups = columns / group
    const tops = many ? await largest(product, [rows, groups, group], target) : undefined
    const scores = product.backend.valuesInPlace === undefined ? await product.data() : valuesInPlace(product)
    // Nothing may be computed or awaited from here on: the scores lie in the backend's memory.
    for (let r = 0; r < rows; r++) {
      for (let g = 0; g < groups; g++) {
        if (tops !== undefined && tops[r * groups + g] <= best.bar(start + r)) continue
        const from = r * columns + g * group
        best.offer(start + r, scores, from, from + group, column + g * group)
      }
    }
  }
  return best.result()
}

/** The largest of each run of so many scores.  -> [rows,groups] */
async function largest(product: Tensor, shape: readonly number[], target: TypedArray): Promise<TypedArray> {
  const tops = noGrad(() => tidy(() => max(reshape(product, shape), 2)))
  try {
    return await readInto(tops, target)
  } finally {
    tops.dispose()
  }
}
