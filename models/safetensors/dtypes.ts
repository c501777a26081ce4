import type { DType } from '../../engine/index.ts'
import type { KindName } from '../elements/kinds.ts'

/**
 * Element types by the format's own codes (github.com/huggingface/safetensors). It knows more: complex numbers, and types of
 * fewer than 8 bits or of scales alone; no tensor here is made of those.
 */
export const KIND_OF = {
  ...{ BOOL: 'bool', I8: 'int8', I16: 'int16', I32: 'int32', I64: 'int64' },
  ...{ U8: 'uint8', U16: 'uint16', U32: 'uint32', U64: 'uint64' },
  ...{ F8_E5M2: 'float8_e5m2', F8_E4M3: 'float8_e4m3fn', F16: 'float16', BF16: 'bfloat16' },
  ...{ F32: 'float32', F64: 'float64' },
} as const satisfies Record<string, KindName>
export type Code = keyof typeof KIND_OF

export const isCode = (text: string): text is Code => Object.hasOwn(KIND_OF, text)

/** The code of each dtype of the engine. */
export const CODES = { float64: 'F64', float32: 'F32', int32: 'I32' } as const satisfies Record<DType, Code>

/** The entry of the header that is no tensor: texts by name. */
export const METADATA = '__metadata__'

/** Bytes before the header: its length, unsigned, little-endian. */
export const LENGTH = 8
