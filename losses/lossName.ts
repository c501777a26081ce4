import { refusal } from '../engine/check.ts'

/** Throws unless the first argument of `op`, by which the errors of a loss and its prototypes begin, is a name. */
export function checkLossName(op: string, name: unknown): void {
  if (typeof name === 'string' && name !== '') return
  throw refusal(op, "the name of the loss, such as 'myLoss', before its options", name)
}
