import type { Tensor } from '../../engine/index.ts'
import { type ClassIndices, checkLabels, type Labels } from '../../losses/labels.ts'

export { checkIdentities, checkLabels, type Labels } from '../../losses/labels.ts'

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
  for (const j of checkLabels('classSizes', y, undefined, classes)) sizes[j]++
  return sizes
}

/** The rows of each label, ascending. */
export function rowsByLabel(y: ClassIndices): Map<number, number[]> {
  const rows = new Map<number, number[]>()
  for (let i = 0; i < y.length; i++) {
    const list = rows.get(y[i])
    if (list === undefined) rows.set(y[i], [i])
    else list.push(i)
  }
  return rows
}
