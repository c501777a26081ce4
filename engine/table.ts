import type { Backend, TypedArray } from './backends/backend.ts'
import { tensorFor } from './create.ts'
import { checkNaN } from './debug.ts'
import { noteRead } from './effects.ts'
import type { Generator } from './random.ts'
import { format } from './shape.ts'
import { checkTensor, describe, Tensor } from './tensor.ts'

/** Row numbers, each below the number of rows. */
export type RowNumbers = Int32Array

/**
 * A matrix [R,D] in an array of the host, outside every backend: what is too large for a backend's memory, or of which a step needs
 * a few rows. Backends get copies of rows, without any in between.
 */
export class Table {
  readonly shape: readonly [number, number]
  readonly dtype: 'float32' | 'float64'
  readonly values: Float32Array | Float64Array
  /** Counts the writes. */
  version = 0
  /** Told by whoever lets rows lag behind (`settle`): brings these up to date, or all. */
  settler: ((rows?: RowNumbers) => void) | undefined

  /** Zeros. Throws where the host has no room. */
  constructor(rows: number, width: number, dtype: 'float32' | 'float64' = 'float32') {
    this.shape = [rows, width]
    this.dtype = dtype
    try {
      this.values = dtype === 'float64' ? new Float64Array(rows * width) : new Float32Array(rows * width)
    } catch (cause) {
      throw new Error(`Table: out of memory: ${dtype}${format(this.shape)} asked for`, { cause })
    }
  }

  /** All elements from N(0, std^2), as `randn` draws them. */
  fillNormal(rng: Generator, std: number): this {
    const { values } = this
    for (let i = 0; i < values.length; i++) values[i] = std * rng.normal()
    this.version++
    return this
  }

  /** Brings these rows, or all, up to date. */
  settle(rows?: RowNumbers): void {
    this.settler?.(rows)
  }

  /** A copy of rows as they are stored.  rows[n] -> [n,D] */
  read(rows: RowNumbers, backend: Backend): Tensor {
    const [, width] = this.shape
    const { dtype, values } = this
    const place = { dtype, backend, shape: [rows.length, width] }
    if (isRange(rows)) {
      const from = rows.length === 0 ? 0 : rows[0] * width
      return tensorFor('Table', values.subarray(from, from + rows.length * width), place)
    }
    if (backend.uploadRows !== undefined) {
      const array = backend.uploadRows(values, rows, width, dtype)
      checkNaN('Table', backend, array)
      return new Tensor(array, backend)
    }
    const copy = this.#array(rows.length * width)
    for (let i = 0; i < rows.length; i++) {
      copy.set(values.subarray(rows[i] * width, (rows[i] + 1) * width), i * width)
    }
    return tensorFor('Table', copy, place)
  }

  /** The same of rows begin..end-1. */
  readRange(begin: number, end: number, backend: Backend): Tensor {
    return this.read(rangeOf(begin, end), backend)
  }

  /** Puts the rows of t[n,D] in the place of these. Throws where the backend does not answer at once. */
  write(rows: RowNumbers, t: Tensor): void {
    checkTensor('Table', 't', t)
    const [, width] = this.shape
    if (t.rank !== 2 || t.shape[0] !== rows.length || t.shape[1] !== width || t.dtype !== this.dtype) {
      throw new Error(`Table: rows ${this.dtype}[${rows.length},${width}] expected, got ${describe(t)}`)
    }
    const given = valuesInPlace(t)
    for (let i = 0; i < rows.length; i++) {
      this.values.set(given.subarray(i * width, (i + 1) * width), rows[i] * width)
    }
    this.version++
  }

  /** All of it, up to date, as a tensor. */
  tensor(backend: Backend): Tensor {
    this.settle()
    const { dtype, values } = this
    return tensorFor('Table', values, { dtype, backend, shape: [...this.shape] })
  }

  /** Takes over the values of t[R,D]. */
  assign(t: Tensor): void {
    this.values.set(valuesInPlace(t))
    this.version++
  }

  #array(length: number): Float32Array | Float64Array {
    return this.dtype === 'float64' ? new Float64Array(length) : new Float32Array(length)
  }
}

/** The values of t, where they lie if the backend tells: to be used before anything else is computed. */
export function valuesInPlace(t: Tensor): TypedArray {
  noteRead(t)
  return t.backend.valuesInPlace?.(t.array) ?? t.backend.readSync(t.array)
}

/** begin..end-1. */
export const rangeOf = (begin: number, end: number): RowNumbers =>
  Int32Array.from({ length: end - begin }, (_, i) => begin + i)

/** Does each row follow the one before it? */
function isRange(rows: RowNumbers): boolean {
  for (let i = 1; i < rows.length; i++) if (rows[i] !== rows[0] + i) return false
  return true
}
