import { refusal, shown } from '../engine/check.ts'
import { type Backend, type Tensor, tensor } from '../engine/index.ts'

export type IntegerArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array

/** y[N]: the class of each sample, an integer from 0 to C - 1. `encodeLabels` makes them of names. */
export type Labels = readonly number[] | IntegerArray

/** Labels as `checkLabels` gives them. */
export type ClassIndices = ArrayLike<number>

/** How many classes an int32 can tell apart. */
export const MOST_CLASSES = 2 ** 31

/**
 * y as class indices: itself where it is an Int32Array. Throws unless it holds integers from 0 to classes - 1, and n of
 * them where n is given.
 */
export function checkLabels(op: string, y: Labels, n?: number, classes = MOST_CLASSES): Int32Array {
  const labels = integers(op, 'labels', y, n, 0, classes - 1)
  return labels instanceof Int32Array ? labels : Int32Array.from(labels)
}

/** The same of a batch x[N,...], of at least one sample. */
export function batchLabels(op: string, y: Labels, n: number, classes: number): Int32Array {
  if (n === 0) throw new Error(`${op}: at least one sample expected, got an empty batch`)
  const labels = checkLabels(op, y, undefined, classes)
  if (labels.length === n) return labels
  throw new Error(`${op}: ${n} labels expected, one a row of x, got ${labels.length}`)
}

/**
 * y as exact numbers, to be compared and nothing else: identities 1 and 1 + 2**32 are two. Throws unless it holds n
 * integers from `low` to 2**53 - 1; `what` they are is for errors.
 */
export const checkIdentities = (op: string, what: string, y: Labels, n: number, low = 0): ClassIndices =>
  integers(op, what, y, n, low, Number.MAX_SAFE_INTEGER)

/** The labels as an index [N,1]: what gather and scatterAdd take, which see that it is in range. */
export function labelIndex(y: ClassIndices, backend: Backend): Tensor {
  const labels = Int32Array.from(checkLabels('labelIndex', y as Labels))
  return tensor(labels, { shape: [labels.length, 1], backend })
}

function integers(
  op: string,
  what: string,
  y: Labels,
  n: number | undefined,
  low: number,
  high: number,
): Exclude<Labels, BigInt64Array | BigUint64Array> | Float64Array {
  if (!isLabelList(y)) {
    throw refusal(op, `${what} as an array of integers, or a typed one,`, y)
  }
  if (n !== undefined && y.length !== n) throw new Error(`${op}: ${n} ${what} expected, got ${y.length}`)
  const labels = kindOf(y).startsWith('Big')
    ? Float64Array.from(y as BigInt64Array, Number)
    : (y as Exclude<typeof y, BigInt64Array | BigUint64Array>)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]
    if (Number.isSafeInteger(label) && label >= low && label <= high) continue
    const range = high === Number.MAX_SAFE_INTEGER ? `>= ${low}` : `from ${low} to ${high}`
    throw new Error(
      `${op}: ${what} are integers ${range}, got ${shown(y[i])} for sample ${i}${hint(label, high)}`,
    )
  }
  return labels
}

/** The way out for names and for numbers that no class index can be. */
const hint = (label: unknown, high: number): string =>
  typeof label === 'string' || (high >= MOST_CLASSES - 1 && Number.isInteger(label) && Number(label) > high)
    ? ' (encodeLabels makes labels of names, and of numbers however large)'
    : ''

/** Is it an array or a typed array of integers? The entries are not looked at. */
export const isLabelList = (y: unknown): boolean => Array.isArray(y) || INTEGER_ARRAYS.has(kindOf(y))

const kindOf = (y: unknown): string => Object.prototype.toString.call(y).slice(8, -1)

const INTEGER_ARRAYS = new Set([
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'BigInt64Array',
  'BigUint64Array',
])
