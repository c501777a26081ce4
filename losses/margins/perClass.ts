import { refusal } from '../../engine/check.ts'
import { type Tensor, tensor } from '../../engine/index.ts'
import { isNumbers } from '../imbalance/sizes.ts'
import type { ClassIndices } from '../labels.ts'

/** One margin for all classes, or C of them, one a class. */
export type PerClass = number | ArrayLike<number>

export const allOf = (m: PerClass): readonly number[] => (typeof m === 'number' ? [m] : Array.from(m))

/** m, checked to be a number or a list of numbers, one by one by `check`. */
export function checkEach(
  op: string,
  m: PerClass,
  check: (op: string, name: string, m: number) => void,
): void {
  if (typeof m === 'object' && !isNumbers(m)) throw refusal(op, 'm as a number, or a list of one a class,', m)
  for (const own of typeof m === 'object' ? allOf(m) : [m]) check(op, 'm', own)
}

/** C, where there is a margin for each class. */
export const classesOf = (m: PerClass): number | undefined => (typeof m === 'number' ? undefined : m.length)

/**
 * f(m_y), m_y the margin of the sample's own class: the number f(m) where all have the same.
 * y[N] cosTheta[N,1] -> [N,1]
 */
export function ofLabels(
  m: PerClass,
  y: ClassIndices | undefined,
  cosTheta: Tensor,
  f = (m: number) => m,
): Tensor | number {
  if (typeof m === 'number') return f(m)
  if (y?.length !== cosTheta.shape[0]) {
    throw new Error(
      `psi: ${cosTheta.shape[0]} labels expected, as m differs by class, got ${y?.length ?? 'none'}`,
    )
  }
  const own = Float64Array.from(y, label => f(m[label]))
  return tensor(own, { shape: cosTheta.shape, dtype: cosTheta.dtype, backend: cosTheta.backend })
}

/** Throws unless the margin is for so many classes. */
export function checkClasses(op: string, { classes: given }: { classes?: number }, classes: number): void {
  if (given === undefined || given === classes) return
  throw new Error(`${op}: m: a number or ${classes} numbers expected, one a class, got ${given}`)
}
