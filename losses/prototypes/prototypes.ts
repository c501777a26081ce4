import { refusal } from '../../engine/check.ts'
import type { Stateful, Tensor } from '../../engine/index.ts'
import type { ClassIndices } from '../labels.ts'

/** What w_j is, and how it comes to be. Labels and shapes were checked before. */
export interface Prototypes extends Stateful {
  /** What the gradient trains. */
  readonly parameters: Readonly<Record<string, Tensor>>
  /** W[C,D], the newest: what to classify with. */
  readonly W: Tensor
  /** b[C], added to the logits; most have none. */
  readonly bias?: Tensor
  /** W[C,D] as the loss of this batch sees it. */
  seenBy(x: Tensor, y: ClassIndices): Tensor
  update(x: Tensor, y: ClassIndices): void
  readonly refreshEvery: number
  refresh(x: Tensor, y: ClassIndices): void
}

/** Throws unless `rule` is one, above all no function that would make one. */
export function checkRule(op: string, rule: Prototypes): void {
  if (typeof rule === 'object' && typeof rule?.seenBy === 'function') return
  throw refusal(op, 'a prototype rule, such as learned(name, { classes, dim }),', rule)
}
