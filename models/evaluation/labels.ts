import type { Tensor } from '../../engine/index.ts'
import type { Labels } from '../../losses/labels.ts'

export type { Labels } from '../../losses/labels.ts'

/** `y` as Int32Array. Throws unless it holds `length` integers in 0..classes-1. */
export function checkLabels(op: string, y: Labels, length: number, classes = Infinity): Int32Array {
  if (y.length !== length) throw new Error(`${op}: ${length} labels expected, got ${y.length}`)
  for (let i = 0; i < y.length; i++) {
    if (!Number.isInteger(y[i]) || y[i] < 0 || y[i] >= classes) {
      const range = classes === Infinity ? '>= 0' : `from 0 to ${classes - 1}`
      throw new Error(`${op}: labels are integers ${range}, got ${y[i]} at ${i}`)
    }
  }
  return Int32Array.from(y)
}

/** Throws unless `x` is a matrix with at least one row. */
export function checkRows(op: string, x: Tensor): void {
  if (x.rank !== 2 || x.shape[0] === 0) {
    throw new Error(`${op}: x[N,D] with N >= 1 expected, got shape [${x.shape}]`)
  }
}

/** Throws unless there is at least one class. */
export function checkClasses(op: string, classes: number): void {
  if (!Number.isInteger(classes) || classes < 1) {
    throw new Error(`${op}: at least 1 class expected, got ${classes}`)
  }
}

/** How many of `y` are of each class. */
export function classSizes(y: Labels, classes: number): Int32Array {
  checkClasses('classSizes', classes)
  const sizes = new Int32Array(classes)
  for (const j of checkLabels('classSizes', y, y.length, classes)) sizes[j]++
  return sizes
}

/** The rows of each label, ascending. */
export function rowsByLabel(y: Labels): Map<number, number[]> {
  const rows = new Map<number, number[]>()
  for (let i = 0; i < y.length; i++) {
    const list = rows.get(y[i])
    if (list === undefined) rows.set(y[i], [i])
    else list.push(i)
  }
  return rows
}
