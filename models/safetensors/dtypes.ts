/** Element types by the format's own codes. The format knows more; what is read here is what a tensor can hold. */
export const DTYPES = {
  F64: { bytes: 8, Values: Float64Array },
  I64: { bytes: 8, Values: BigInt64Array },
  F32: { bytes: 4, Values: Float32Array },
  I32: { bytes: 4, Values: Int32Array },
} as const satisfies Record<string, object>
export type Code = keyof typeof DTYPES

/** The code of each dtype of the engine. */
export const CODES = { float64: 'F64', float32: 'F32', int32: 'I32' } as const satisfies Record<string, Code>

/** The entry of the header that is no tensor: texts by name. */
export const METADATA = '__metadata__'

/** Bytes before the header: its length, unsigned, little-endian. */
export const LENGTH = 8
