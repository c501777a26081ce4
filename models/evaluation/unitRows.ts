import { refusal, shown } from '../../engine/check.ts'
import { Tensor, tensor } from '../../engine/index.ts'
import { FlatIndex } from './flatIndex.ts'
import { checkFiniteRows, checkMatrix, directions } from './matrices.ts'

/**
 * Embeddings x[N,D]: a tensor of that shape, or N arrays of D numbers, or their unit vectors as `flatIndex` keeps them. Arrays
 * become a tensor of the dtype and on the backend of what is beside them, and float32 on the default one where that has none.
 */
export type Embeddings = Tensor | FlatIndex | readonly (Float32Array | Float64Array | readonly number[])[]

/**
 * u_i = x_i / ‖x_i‖, kept for searches without end: wherever embeddings are asked for, the index stands for x, and nothing is
 * checked, normalised or copied again. The caller disposes of it. Takes 4 M D bytes in float32.  x[M,D] -> index of M
 * A row of 0 has similarity 0 with all. Throws on embeddings that are not finite.
 */
export const flatIndex = (x: Embeddings): Promise<FlatIndex> => unitRows('flatIndex', 'x', x)

/**
 * What `body` gives for the rows of x[N,D] as a tensor. Throws unless there is a row, all rows are of one length, and every one
 * has a direction or is 0 (no NaN, no infinity).
 */
export async function withRows<T>(
  op: string,
  name: string,
  x: Embeddings,
  beside: Embeddings | undefined,
  body: (rows: Tensor) => T | Promise<T>,
): Promise<T> {
  const rows =
    x instanceof Tensor ? x : x instanceof FlatIndex ? x.rows() : stacked(op, name, x, kindOf(beside))
  try {
    checkMatrix(op, `${name}[N,D]`, rows)
    await checkFiniteRows(op, `${name}[N,D]`, rows)
    return await body(rows)
  } finally {
    if (rows !== x) rows.dispose()
  }
}

/** What decides the dtype and the backend of arrays beside it. */
const kindOf = (x: Embeddings | undefined): Tensor | FlatIndex | undefined =>
  x instanceof Tensor || x instanceof FlatIndex ? x : undefined

/** u_i = x_i / ‖x_i‖, 0 where x_i is 0.  x[N,D] -> u[N,D], which the caller disposes of. Throws as `withRows`. */
export async function unitRows(
  op: string,
  name: string,
  x: Embeddings,
  beside?: Embeddings,
): Promise<FlatIndex> {
  if (x instanceof FlatIndex) return FlatIndex.over(x)
  return withRows(op, name, x, beside, rows => FlatIndex.of(rows, directions))
}

/** Unit rows u[N,D] and v[M,D], and what disposes of them. */
interface UnitPair {
  readonly u: FlatIndex
  readonly v: FlatIndex
  dispose(): void
}

/** The unit rows of x[N,D] and z[M,D], each with its name for errors. Throws unless they are of one dimension D. */
export async function unitPair(
  op: string,
  [nameX, x]: readonly [string, Embeddings],
  [nameZ, z]: readonly [string, Embeddings],
): Promise<UnitPair> {
  const u = await unitRows(op, nameX, x, z)
  if (z === x) return { u, v: u, dispose: () => u.dispose() }
  try {
    const v = await unitRowsBeside(op, [nameX, u], [nameZ, z])
    const dispose = (): void => {
      for (const t of [u, v]) t.dispose()
    }
    return { u, v, dispose }
  } catch (error) {
    u.dispose()
    throw error
  }
}

/** The unit rows v[M,D] of z beside unit rows u[N,D], each with its name for errors. Throws unless they are alike. */
export async function unitRowsBeside(
  op: string,
  [nameU, u]: readonly [string, FlatIndex],
  [nameZ, z]: readonly [string, Embeddings],
): Promise<FlatIndex> {
  const v = await unitRows(op, nameZ, z, u)
  const alike = u.dtype === v.dtype && u.backend === v.backend
  if (alike && u.dimension === v.dimension) return v
  v.dispose()
  const form = `${op}: ${nameU}[N,D] ${nameZ}[M,D]`
  if (alike) throw new Error(`${form}: D is ${u.dimension} and ${v.dimension}`)
  const [a, b] = [u, v].map(({ dtype, backend }) => `${dtype} on ${backend.name}`)
  throw new Error(`${form} of one dtype on one backend expected, got ${a} and ${b}`)
}

/** What `body` gives for the unit rows of x[N,D] and z[M,D], each with its name for errors. */
export async function withUnitRows<T>(
  op: string,
  x: readonly [string, Embeddings],
  z: readonly [string, Embeddings],
  body: (u: FlatIndex, v: FlatIndex) => Promise<T>,
): Promise<T> {
  const { u, v, dispose } = await unitPair(op, x, z)
  try {
    return await body(u, v)
  } finally {
    dispose()
  }
}

/** By tag: rows of another realm, as a frame's or a vm's, are no instances of ours. */
const isRow = (row: unknown): row is ArrayLike<unknown> =>
  Array.isArray(row) || /Float(32|64)Array\]$/.test(Object.prototype.toString.call(row))

function stacked(
  op: string,
  name: string,
  rows: Exclude<Embeddings, Tensor | FlatIndex>,
  like?: Tensor | FlatIndex,
): Tensor {
  if (!Array.isArray(rows)) {
    throw refusal(op, `${name}[N,D] as a tensor or an array of rows`, rows)
  }
  for (let i = 0; i < rows.length; i++) checkRow(`${op}: ${name}`, i, rows[i], rows[0]?.length)
  const d = rows[0]?.length ?? 0
  if (d === 0) throw new Error(`${op}: ${name}[N,D] with N, D >= 1 expected, got ${rows.length} rows of ${d}`)
  const Values = like?.dtype === 'float64' ? Float64Array : Float32Array
  const flat = new Values(rows.length * d)
  rows.forEach((row, i) => {
    flat.set(row, i * d)
  })
  return tensor(flat, { shape: [rows.length, d], backend: like?.backend })
}

/** Throws unless a row is d numbers; that they are finite is seen later. */
function checkRow(op: string, i: number, row: unknown, d: number | undefined): void {
  if (!isRow(row)) throw new Error(`${op}: rows as arrays of numbers expected, got ${shown(row)} at row ${i}`)
  if (row.length !== d) throw new Error(`${op}: rows of length ${d} expected, got ${row.length} at row ${i}`)
  const odd = Array.isArray(row) ? row.findIndex(value => typeof value !== 'number') : -1
  if (odd >= 0)
    throw new Error(`${op}: numbers expected, got ${shown(row[odd])} in column ${odd} of row ${i}`)
}
