import { checkOptions, type OptionNames, refusal, shown } from '../engine/check.ts'
import {
  type Backend,
  broadcastTo,
  div,
  maximum,
  ones,
  scatterAdd,
  Tensor,
  tensor,
  zeros,
} from '../engine/index.ts'

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

/** y as row numbers of something with `count` rows, in a list of any length; `what` they are is for errors. */
export const checkRows = (op: string, what: string, y: Labels, count: number): Int32Array =>
  Int32Array.from(integers(op, what, y, undefined, 0, count - 1))

/** The labels as an index [N,1]: what gather and scatterAdd take, which see that it is in range. */
export function labelIndex(y: ClassIndices, backend: Backend): Tensor {
  const labels = Int32Array.from(checkLabels('labelIndex', y as Labels))
  return tensor(labels, { shape: [labels.length, 1], backend })
}

/** Sums of z over the samples of each class, sums[C,D], and how many these are, counts[C,1]. */
export interface Sums {
  readonly sums: Tensor
  readonly counts: Tensor
}

/** z[N,D] y[N] -> sums[C,D] counts[C,1] */
export function sumsByClass(z: Tensor, y: ClassIndices, classes: number): Sums {
  const kind = { dtype: z.dtype, backend: z.backend }
  const index = labelIndex(y, z.backend)
  return {
    sums: scatterAdd(zeros([classes, z.shape[1]], kind), broadcastTo(index, z.shape), z, 0),
    counts: scatterAdd(zeros([classes, 1], kind), index, ones([y.length, 1], kind), 0),
  }
}

/** Each class's mean; 0 for a class without samples.  [C,D] */
export const meansByClass = ({ sums, counts }: Sums): Tensor => div(sums, maximum(counts, 1))

function integers(
  op: string,
  what: string,
  y: Labels,
  n: number | undefined,
  low: number,
  high: number,
): Exclude<Labels, BigInt64Array | BigUint64Array> | Float64Array {
  if (!isLabelList(y)) {
    const tensors = y instanceof Tensor ? ' such as its toArray(),' : ''
    throw refusal(op, `${what} as an array of integers, or a typed one,${tensors}`, y)
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

/** Throws unless `values` is a list of numbers, `classes` of them where that is given and at least one. */
export function checkByClass(what: string, values: unknown, classes?: number): void {
  const expected = classes === undefined ? 'at least one number' : `${classes} numbers`
  const count = isNumbers(values) ? values.length : undefined
  if (count !== undefined && count > 0 && (classes === undefined || count === classes)) return
  throw new Error(`${what}: ${expected} expected, one a class, got ${count ?? shown(values)}`)
}

/** An array, or a typed array, of numbers. */
export const isNumbers = (values: unknown): values is ArrayLike<number> =>
  Array.isArray(values)
    ? values.every(v => typeof v === 'number')
    : ArrayBuffer.isView(values) && typeof (values as Float64Array)[0] !== 'bigint' && 'length' in values

type Name = string | number | bigint

export interface EncodedLabels<T> {
  /** labels[N]: the class of each sample, what losses and `Batches` take. */
  readonly labels: Int32Array
  /** names[C]: what each class is called. */
  readonly names: readonly T[]
}

export interface EncodeOptions<T> {
  /** The classes' names in their order, such as an earlier call gave. Default: those of `y`, ascending. */
  readonly names?: readonly T[]
}

const KNOWN = { names: true } satisfies OptionNames<EncodeOptions<Name>>

/**
 * names[labels_i] = y_i: classes 0..C-1 out of what the samples are called, names or numbers however large.
 * y[N] -> labels[N] names[C]
 *
 * The names are in ascending order, strings by code units and numbers by value, so that the same names give the same
 * classes whatever the order of the samples. With `names`, those of an earlier call, these classes are used again: a
 * test set is encoded as its training set was. Names are equal when all their characters are; nothing is trimmed.
 * Throws on an entry that is no string, integer or bigint, on strings among numbers, and on one that `names` lacks.
 */
export function encodeLabels<T extends Name>(
  y: ArrayLike<T>,
  options: EncodeOptions<T> = {},
): EncodedLabels<T> {
  checkOptions('encodeLabels', options, KNOWN)
  const { names } = options
  checkEntries('y', y)
  if (names !== undefined) checkEntries('names', names)
  const known = names ?? [...new Set(Array.from(y))].sort((a, b) => (a < b ? -1 : Number(a > b)))
  const classOf = new Map<T, number>()
  known.forEach((name, k) => {
    if (classOf.has(name))
      throw new Error(`encodeLabels: names that differ expected, got ${shown(name)} twice`)
    classOf.set(name, k)
  })
  const labels = Int32Array.from(y, (name, i) => {
    const k = classOf.get(name)
    if (k === undefined)
      throw new Error(`encodeLabels: one of the names expected, got ${shown(name)} for sample ${i}`)
    return k
  })
  return { labels, names: known }
}

function checkEntries(what: string, list: ArrayLike<unknown>): void {
  if (!isLabelList(list)) {
    throw refusal('encodeLabels', `${what} as an array of names or integers`, list)
  }
  const kind = typeof list[0]
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]
    const name = typeof entry === 'string' || typeof entry === 'bigint' || Number.isSafeInteger(entry)
    if (name && typeof entry === kind) continue
    const form = i > 0 ? `a ${kind} like the first` : 'a name or an integer'
    throw new Error(`encodeLabels: ${what}: ${form} expected, got ${shown(entry)} at ${i}`)
  }
}
