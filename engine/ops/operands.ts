import { like } from '../create.ts'
import type { Tensor } from '../tensor.ts'

/** What an elementwise op takes: a number stands for a scalar of the other operand's dtype and backend. */
export type Operand = Tensor | number

export function operands(x: Operand, y: Operand): { x: Tensor; y: Tensor } {
  if (typeof x !== 'number') return { x, y: like(y, x) }
  if (typeof y !== 'number') return { x: like(x, y), y }
  throw new Error(`at least one operand is a tensor, got the numbers ${x} and ${y}`)
}
