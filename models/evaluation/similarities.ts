import { checkInteger } from '../../engine/check.ts'
import { matmul, noGrad, type Tensor, type TypedArray, transpose } from '../../engine/index.ts'
import { readInto } from '../../engine/readInto.ts'
import { BLOCK, type FlatIndex } from './flatIndex.ts'
import { type Embeddings, unitPair } from './unitRows.ts'

/** Some rows of the similarities, whole. */
export interface SimilarityRows {
  /** The first row. */
  readonly start: number
  readonly rows: number
  /** cos(x_i, z_j) for start <= i < start + rows and every j, row-major. */
  readonly cosines: TypedArray
}

/** Where a part of them is: so many rows from `start` on, and columns from `column` on. */
interface Place {
  readonly start: number
  readonly rows: number
  readonly column: number
  readonly columns: number
}

/** A part of them. Its memory is used again for the next. */
type Tile = SimilarityRows & Place

/** Of the height and the width: 1 Mi products, 4 MiB in float32, which a cache still holds when they are read. */
export const TILE = [256, BLOCK] as const

/**
 * How many similarities stand in memory at once where rows are whole, unless one is longer: 64 MiB in float32. As many rows
 * as that make use of a block of the gallery each time that it is packed for a product.
 */
const MOST = 16_777_216
/** The same where they are handed to the caller. */
const HANDED = 4_194_304

/**
 * s_ij = cos(x_i, z_j), some rows at a time, so that all N times M never stand in memory at once: at most `blockSize` of
 * them, 4 Mi by default, unless one row is longer.
 * x[N,D] z[M,D] -> [rows,M] in turn. A row of 0 has similarity 0 with all. Throws on embeddings that are not finite.
 */
export async function* similarities(
  x: Embeddings,
  z: Embeddings,
  blockSize = HANDED,
): AsyncGenerator<SimilarityRows> {
  checkInteger('similarities', 'blockSize', blockSize, 1)
  const { u, v, dispose } = await unitPair('similarities', ['x', x], ['z', z])
  try {
    for await (const { start, rows, cosines } of cosineRows(u, v, blockSize)) {
      yield { start, rows, cosines: cosines.slice() }
    }
  } finally {
    dispose()
  }
}

/**
 * The same of unit rows, `most` similarities at a time; what is yielded is overwritten when the next is asked for.
 * u[N,D] v[M,D] -> [rows,M] in turn
 */
export async function* cosineRows(u: FlatIndex, v: FlatIndex, most = MOST): AsyncGenerator<SimilarityRows> {
  const m = v.size
  const height = Math.max(1, Math.floor(most / m))
  let whole: TypedArray | undefined
  for await (const { start, rows, column, columns, cosines } of cosineTiles(u, v, height)) {
    if (columns === m) {
      yield { start, rows, cosines }
      continue
    }
    whole ??= new (cosines.constructor as Float32ArrayConstructor)(Math.min(height, u.size) * m)
    for (let r = 0; r < rows; r++) whole.set(cosines.subarray(r * columns, (r + 1) * columns), r * m + column)
    if (column + columns === m) yield { start, rows, cosines: whole.subarray(0, rows * m) }
  }
}

/**
 * u v^T, tile by tile, so that memory does not grow with N M: for the rows of a tile from the top, all of its columns from
 * the left, those of v from `from` to `to` - 1. Each product is summed alike, so equal rows have equal products.
 * u[N,D] v[M,D] -> tiles of at most [height,width], and no wider than a block of the index
 */
export async function* cosineTiles(
  u: FlatIndex,
  v: FlatIndex,
  height: number = TILE[0],
  width: number = TILE[1],
  from = 0,
  to: number = v.size,
): AsyncGenerator<Tile> {
  const Values = u.dtype === 'float64' ? Float64Array : Float32Array
  const target = new Values(Math.min(height, u.size) * Math.min(width, BLOCK, v.size))
  for (const { product, ...place } of productTiles(u, v, height, width, from, to)) {
    yield { ...place, cosines: await readInto(product, target) }
  }
}

/** The same tiles as tensors; what is yielded is gone when the next is asked for. */
export function* productTiles(
  u: FlatIndex,
  v: FlatIndex,
  height: number,
  width: number,
  from = 0,
  to: number = v.size,
): Generator<Place & { readonly product: Tensor }> {
  for (const { first: start, count: rows, vectors } of u.columns(height)) {
    const left = noGrad(() => transpose(vectors))
    try {
      for (const { first: column, count: columns, vectors: right } of v.columns(width, from, to)) {
        const product = noGrad(() => matmul(left, right))
        try {
          yield { start, rows, column, columns, product }
        } finally {
          product.dispose()
        }
      }
    } finally {
      left.dispose()
    }
  }
}
