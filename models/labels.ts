import { checkInteger } from '../engine/check.ts'
import { type ClassIndices, checkLabels, type Labels } from '../losses/labels.ts'

/** More than any set has, and few enough that memory is sure to hold a figure of each. */
const MOST_CLASSES = 2 ** 24

/** Throws unless there is at least one class, and memory holds a figure of each. */
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
