import type { DType, Shape, TypedArray } from '../../engine/index.ts'
import { KINDS, type KindName, widthOf } from './kinds.ts'

const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const

const INT32 = { low: -(2 ** 31), high: 2 ** 31 - 1 }

export interface Stored {
  readonly kind: KindName
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
export function valuesOf(what: string, bytes: Uint8Array, stored: Stored, dtype: DType): TypedArray {
  const { kind } = stored
  const { Bits, integer, ...more }: (typeof KINDS)[KindName] & { numbers?: () => Float32Array } = KINDS[kind]
  // Elements must start at a multiple of their size. Not slice, which a Buffer of Node answers with a view.
  const own = new Uint8Array(bytes.length)
  own.set(bytes)
  if (stored.bigEndian) swap(own, widthOf(kind))
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
      const place = indexOf(stored, i)
      throw new Error(`${what}: element [${place}]: ${expected} expected, got ${given} of ${kind}`)
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
function indexOf({ shape, fortran = false }: Stored, i: number): number[] {
  const sizes = fortran ? shape : [...shape].reverse()
  let rest = i
  const index = sizes.map(size => {
    const at = rest % size
    rest = Math.floor(rest / size)
    return at
  })
  return fortran ? index : index.reverse()
}
