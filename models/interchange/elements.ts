import type { DType, Shape, TypedArray } from '../../engine/index.ts'

interface Element {
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
  /** What the formats call it: NumPy's kind and number of bytes, safetensors' code. */
  readonly npy?: string
  readonly safetensors: string
  /** The number of each pattern of bits, where the bits are not it. */
  readonly numbers?: () => Float32Array
}

/** What elements of files are, by NumPy's and PyTorch's names. */
export const ELEMENTS = {
  bool: {
    Bits: Uint8Array,
    integer: true,
    npy: 'b1',
    safetensors: 'BOOL',
    numbers: (): Float32Array => TRUTH,
  },
  int8: { Bits: Int8Array, integer: true, npy: 'i1', safetensors: 'I8' },
  int16: { Bits: Int16Array, integer: true, npy: 'i2', safetensors: 'I16' },
  int32: { Bits: Int32Array, integer: true, npy: 'i4', safetensors: 'I32' },
  int64: { Bits: BigInt64Array, integer: true, npy: 'i8', safetensors: 'I64' },
  uint8: { Bits: Uint8Array, integer: true, npy: 'u1', safetensors: 'U8' },
  uint16: { Bits: Uint16Array, integer: true, npy: 'u2', safetensors: 'U16' },
  uint32: { Bits: Uint32Array, integer: true, npy: 'u4', safetensors: 'U32' },
  uint64: { Bits: BigUint64Array, integer: true, npy: 'u8', safetensors: 'U64' },
  float8_e5m2: { Bits: Uint8Array, integer: false, safetensors: 'F8_E5M2', numbers: smallFloats(5, 2) },
  float8_e4m3fn: {
    Bits: Uint8Array,
    integer: false,
    safetensors: 'F8_E4M3',
    numbers: smallFloats(4, 3, false),
  },
  float16: { Bits: Uint16Array, integer: false, npy: 'f2', safetensors: 'F16', numbers: smallFloats(5, 10) },
  bfloat16: { Bits: Uint16Array, integer: false, safetensors: 'BF16', numbers: smallFloats(8, 7) },
  float32: { Bits: Float32Array, integer: false, npy: 'f4', safetensors: 'F32' },
  float64: { Bits: Float64Array, integer: false, npy: 'f8', safetensors: 'F64' },
} as const satisfies Record<string, Element>

/** 0 is false, all else true. */
const TRUTH: Float32Array = new Float32Array(256).fill(1, 1)

export type ElementType = keyof typeof ELEMENTS

/** The element type that a format calls so. */
export const elementType = (format: 'npy' | 'safetensors', code: string): ElementType | undefined =>
  TYPES.find(type => (ELEMENTS[type] as Element)[format] === code)

const TYPES = Object.keys(ELEMENTS) as ElementType[]

/** Bytes of an element. */
export const widthOf = (type: ElementType): number => ELEMENTS[type].Bits.BYTES_PER_ELEMENT

/** The dtype of ours that holds every element, or, of integers that are wider, those that are in int32's range. */
export const nearestDType = (type: ElementType): DType =>
  ELEMENTS[type].integer ? 'int32' : type === 'float64' ? 'float64' : 'float32'

/**
 * The numbers of a float format of up to 16 bits, by their bits: a sign, `exponent` bits, `fraction` bits, biased by
 * 2^(exponent - 1) - 1, as IEEE 754 has them. float32 holds each exactly. Without `infinities` the largest exponent is one
 * like others, and all ones are NaN (float8_e4m3fn; Micikevicius 2022, table 1). The table is made when it is first asked for.
 */
export function smallFloats(exponent: number, fraction: number, infinities = true): () => Float32Array {
  let table: Float32Array | undefined
  const bias = 2 ** (exponent - 1) - 1
  const half = 2 ** (exponent + fraction)
  const magnitude = (bits: number): number => {
    const [e, f] = [bits >> fraction, bits % 2 ** fraction]
    if (infinities ? e === 2 ** exponent - 1 : bits === half - 1) {
      return infinities && f === 0 ? Infinity : Number.NaN
    }
    return e === 0 ? f * 2 ** (1 - bias - fraction) : (2 ** fraction + f) * 2 ** (e - bias - fraction)
  }
  return () => {
    table ??= Float32Array.from({ length: 2 * half }, (_, bits) =>
      bits < half ? magnitude(bits) : -magnitude(bits - half),
    )
    return table
  }
}

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const

const INT32 = { low: -(2 ** 31), high: 2 ** 31 - 1 }

export interface StoredElements {
  readonly type: ElementType
  /** Row-major, or with the first axis fastest (`fortran`). */
  readonly shape: Shape
  readonly fortran?: boolean
  /** Whether the highest byte of an element stands first. */
  readonly bigEndian?: boolean
}

/**
 * The elements in a file's `bytes` as values of `dtype`, in the file's order, in memory of their own. A float rounds to the
 * nearest, ties to even, and one beyond float32's range is an Infinity, as in PyTorch's `.float()`; the same dtype keeps
 * every bit. An integer must be there exactly: throws, with the first that does not fit and where it stands; `what`
 * opens the error.
 */
export function valuesOf(what: string, bytes: Uint8Array, stored: StoredElements, dtype: DType): TypedArray {
  const { type } = stored
  const { Bits, integer, ...more }: Element = ELEMENTS[type]
  // Elements must start at a multiple of their size. Not slice, which a Buffer of Node answers with a view.
  const own = new Uint8Array(bytes.length)
  own.set(bytes)
  if (stored.bigEndian) swap(own, widthOf(type))
  const bits = new Bits(own.buffer)
  const numbers = more.numbers?.()
  const Values = ARRAYS[dtype]
  if (bits instanceof Values && numbers === undefined) return bits
  const values = new Values(bits.length)
  for (let i = 0; i < values.length; i++) {
    const given = numbers === undefined ? bits[i] : numbers[Number(bits[i])]
    const number = Number(given)
    values[i] = number
    if (dtype === 'int32' ? values[i] !== number : integer && !same(values[i], given)) {
      const range = `${INT32.low} to ${INT32.high}`
      const expected = dtype === 'int32' ? `an integer from ${range}` : `an integer that ${dtype} holds`
      const index = indexOf(stored, i)
      throw new Error(`${what}: element [${index}]: ${expected} expected, got ${given} of ${type}`)
    }
  }
  return values
}

/** Whether a stored integer is that number. */
const same = (value: number, integer: number | bigint): boolean =>
  typeof integer === 'number' ? value === integer : BigInt(value) === integer

function swap(bytes: Uint8Array, width: number): void {
  for (let at = 0; width > 1 && at < bytes.length; at += width) bytes.subarray(at, at + width).reverse()
}

/** Of the i-th element of the file. */
function indexOf({ shape, fortran = false }: StoredElements, i: number): number[] {
  const sizes = fortran ? shape : [...shape].reverse()
  let rest = i
  const index = sizes.map(size => {
    const at = rest % size
    rest = Math.floor(rest / size)
    return at
  })
  return fortran ? index : index.reverse()
}
