import { checkInteger } from '../../engine/check.ts'
import { type ClassIndices, checkLabels, type Labels, MOST_CLASSES } from '../../losses/labels.ts'

export { checkIdentities, checkLabels, type Labels } from '../../losses/labels.ts'

/** Throws unless there is at least one class, and an int32 can tell them apart. */
export const checkClasses = (op: string, classes: number): void =>
  checkInteger(op, 'classes', classes, 1, MOST_CLASSES)

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
