import { checkLabels, type Labels } from '../../losses/labels.ts'

/** The samples of each class that has any, by ascending class. */
export function byClass(op: string, y: Labels): number[][] {
  const classes = new Map<number, number[]>()
  checkLabels(op, y).forEach((label, i) => {
    const own = classes.get(label)
    if (own === undefined) classes.set(label, [i])
    else own.push(i)
  })
  return [...classes].sort(([a], [b]) => a - b).map(([, own]) => own)
}
