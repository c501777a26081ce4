import { refusal } from '../check.ts'
import { like } from '../create.ts'
import { Tensor } from '../tensor.ts'

/** What an elementwise op takes: a number stands for a scalar of the other operand's dtype and backend. */
export type Operand = Tensor | number

/** Both operands as tensors. Throws on two numbers, and on what is neither. */
export function operands(op: string, x: Operand, y: Operand): { x: Tensor; y: Tensor } {
  if (x instanceof Tensor) return { x, y: typeof y === 'number' ? like(op, y, x) : tensorOr(op, y) }
  if (y instanceof Tensor) return { x: typeof x === 'number' ? like(op, x, y) : tensorOr(op, x), y }
  if (typeof x !== 'number') throw wrong(op, x)
  if (typeof y !== 'number') throw wrong(op, y)
  throw new Error(`${op}: at least one operand is a tensor, got the numbers ${x} and ${y}`)
}

/** A number as a tensor of the kind of `t`. */
export function scalar(op: string, x: Operand, t: Tensor): Tensor {
  return typeof x === 'number' ? like(op, x, t) : tensorOr(op, x)
}

function tensorOr(op: string, x: unknown): Tensor {
  if (x instanceof Tensor) return x
  throw wrong(op, x)
}

const wrong = (op: string, x: unknown): Error =>
  refusal(op, 'a number or a tensor, as tensor(..) makes one,', x)
