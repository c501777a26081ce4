import type { Backend } from '../../../engine/backends/backend.ts'
import { type Tensor, tensor } from '../../../engine/index.ts'
import type { Constant } from './proto.ts'
import { cannot } from './unsaid.ts'

/** Types of elements, by the schema's numbers. */
export const FLOAT = 1
export const INT8 = 3
export const BOOL = 9
export const DOUBLE = 11

/** How the elements of a type lie in memory. */
const ARRAYS: Readonly<Record<number, new (buffer: ArrayBuffer) => ArrayLike<number | bigint>>> = {
  1: Float32Array,
  2: Uint8Array,
  3: Int8Array,
  4: Uint16Array,
  5: Int16Array,
  6: Int32Array,
  7: BigInt64Array,
  9: Uint8Array,
  11: Float64Array,
  12: Uint32Array,
  13: BigUint64Array,
}
const NAMES: Readonly<Record<number, string>> = {
  8: 'strings',
  10: 'float16',
  14: 'complex64',
  15: 'complex128',
  16: 'bfloat16',
}

/** Where a test runs, and what ONNX's `float` is there. */
export interface Place {
  readonly backend: Backend
  readonly float: 'float32' | 'float64'
}

/** What a type is here: booleans are 1 or 0 in floats, as comparisons give them, and integers of every width int32. */
export function dtypeOf(type: number, { backend, float }: Place): 'float32' | 'float64' | 'int32' {
  if (ARRAYS[type] === undefined) cannot(NAMES[type] ?? `elements of type ${type}`)
  if (type === FLOAT || type === BOOL) return float
  if (type !== DOUBLE) return 'int32'
  return backend.dtypes.includes('float64') ? 'float64' : cannot('float64 on a backend without it')
}

export function numbersOf({ type, raw, numbers }: Constant): number[] {
  if (ARRAYS[type] === undefined) cannot(NAMES[type] ?? `elements of type ${type}`)
  return raw === undefined ? numbers : Array.from(new ARRAYS[type](raw.buffer as ArrayBuffer), Number)
}

export function tensorOf(constant: Constant, place: Place): Tensor {
  const dtype = dtypeOf(constant.type, place)
  const values = numbersOf(constant)
  if (dtype === 'int32' && values.some(v => (v | 0) !== v)) cannot('integers beyond int32')
  return tensor(Float64Array.from(values), { shape: constant.shape, dtype, backend: place.backend })
}
