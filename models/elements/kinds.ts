import type { DType } from '../../engine/index.ts'
import { smallFloats } from './smallFloats.ts'

interface Kind {
  /** Takes up an element's bytes. */
  readonly Bits:
    | typeof Int8Array
    | typeof Uint8Array
    | typeof Int16Array
    | typeof Uint16Array
    | typeof Int32Array
    | typeof Uint32Array
    | typeof BigInt64Array
    | typeof BigUint64Array
    | typeof Float32Array
    | typeof Float64Array
  readonly integer: boolean
  /** The dtype of ours that holds every element, or, of integers that are wider, those that are in int32's range. */
  readonly nearest: DType
  /** The number of each pattern of bits, where the bits are not it. */
  readonly numbers?: () => Float32Array
}

/** What elements of files are, by NumPy's and PyTorch's names. */
export const KINDS = {
  bool: { Bits: Uint8Array, integer: true, nearest: 'int32', numbers: (): Float32Array => TRUTH },
  int8: { Bits: Int8Array, integer: true, nearest: 'int32' },
  uint8: { Bits: Uint8Array, integer: true, nearest: 'int32' },
  int16: { Bits: Int16Array, integer: true, nearest: 'int32' },
  uint16: { Bits: Uint16Array, integer: true, nearest: 'int32' },
  int32: { Bits: Int32Array, integer: true, nearest: 'int32' },
  uint32: { Bits: Uint32Array, integer: true, nearest: 'int32' },
  int64: { Bits: BigInt64Array, integer: true, nearest: 'int32' },
  uint64: { Bits: BigUint64Array, integer: true, nearest: 'int32' },
  float8_e5m2: { Bits: Uint8Array, integer: false, nearest: 'float32', numbers: smallFloats(5, 2) },
  float8_e4m3fn: { Bits: Uint8Array, integer: false, nearest: 'float32', numbers: smallFloats(4, 3, false) },
  float16: { Bits: Uint16Array, integer: false, nearest: 'float32', numbers: smallFloats(5, 10) },
  bfloat16: { Bits: Uint16Array, integer: false, nearest: 'float32', numbers: smallFloats(8, 7) },
  float32: { Bits: Float32Array, integer: false, nearest: 'float32' },
  float64: { Bits: Float64Array, integer: false, nearest: 'float64' },
} as const satisfies Record<string, Kind>

/** 0 is false, all else true. */
const TRUTH = new Float32Array(256).fill(1, 1)

export type KindName = keyof typeof KINDS

/** Bytes of an element. */
export const widthOf = (kind: KindName): number => KINDS[kind].Bits.BYTES_PER_ELEMENT
