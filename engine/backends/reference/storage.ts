import { type Shape, sizeOf } from '../../shape.ts'
import type { Buffer, DType, NDArray, TypedArray } from '../backend.ts'

interface Values extends Buffer {
  readonly values: TypedArray
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array }

/** Zeros, and the typed array to write them over. */
export function allocate(shape: Shape, dtype: DType): { values: TypedArray; array: NDArray } {
  const values = new ARRAYS[dtype](sizeOf(shape))
  const buffer: Values = { refs: 1, values }
  return { values, array: { shape, dtype, buffer } }
}

export const valuesOf = (x: NDArray): TypedArray => (x.buffer as Values).values
