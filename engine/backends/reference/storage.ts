import { format, type Shape, sizeOf } from '../../shape.ts'
import type { Buffer, DType, NDArray, TypedArray } from '../backend.ts'

interface Values extends Buffer {
  readonly values: TypedArray
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array }

/** Zeros, and the typed array to write them over. */
export function allocate(shape: Shape, dtype: DType): { values: TypedArray; array: NDArray } {
  const values = reserve(shape, dtype)
  const buffer: Values = { refs: 1, values }
  return { values, array: { shape, dtype, buffer } }
}

function reserve(shape: Shape, dtype: DType): TypedArray {
  try {
    return new ARRAYS[dtype](sizeOf(shape))
  } catch (cause) {
    const asked = `${dtype}${format(shape)}`
    throw new Error(`reference: out of memory: ${asked} asked for; hold fewer tensors at a time`, { cause })
  }
}

export const valuesOf = (x: NDArray): TypedArray => (x.buffer as Values).values
