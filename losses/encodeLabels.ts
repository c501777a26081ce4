import { checkOptions, type OptionNames, refusal, shown } from '../engine/check.ts'
import { isLabelList } from './labels.ts'

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
