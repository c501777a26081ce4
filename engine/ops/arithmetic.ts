import { refusal } from '../check.ts'
import { like } from '../create.ts'
import { nonzero, reals } from '../domain.ts'
import { apply, binaryOp, defineOp, unaryOp } from '../op.ts'
import { noGrad } from '../recording.ts'
import { checkTensor, Tensor } from '../tensor.ts'
import { unbroadcast } from './reduce.ts'

/** z = x, with x's memory.  x[...] -> [...] */
export const identity = (x: Tensor): Tensor => apply(identityOp, { x })
export const identityOp = defineOp({
  name: 'identity',
  signature: 'x[...] -> [...]',
  equation: 'x',
  domain: { x: { ...reals, kind: 'any' } },
  examples: [{ inputs: { x: [1, -2] }, z: [1, -2] }],
  forward: (_, { x }) => x,
  reads: { x: [] },
  vjp: { x: ({ dz }) => dz },
})

/** The same values, and no gradient flows through: d stopGradient(x) / dx = 0. */
export function stopGradient(x: Tensor): Tensor {
  checkTensor('stopGradient', 'x', x)
  return noGrad(() => identity(x))
}

/** z = -x.  x[...] -> [...] */
export const neg = (x: Tensor): Tensor => apply(negOp, { x })
export const negOp = unaryOp('neg', {
  equation: '-x',
  domain: { x: reals },
  integers: true,
  examples: [{ inputs: { x: [1, -2] }, z: [-1, 2] }],
  reads: { x: [] },
  vjp: { x: ({ dz }) => neg(dz) },
})

/** z = x + y, elementwise with broadcasting.  x[...] y[...] -> [...] */
export const add = (x: Operand, y: Operand): Tensor => apply(addOp, operands('add', x, y))
export const addOp = binaryOp('add', {
  equation: 'x + y',
  domain: { x: reals, y: reals },
  integers: true,
  examples: [
    {
      inputs: { x: [[1], [2]], y: [10, 20] },
      z: [
        [11, 21],
        [12, 22],
      ],
    },
  ],
  reads: { x: [], y: [] },
  vjp: {
    x: ({ dz, inputs: { x } }) => unbroadcast(dz, x.shape),
    y: ({ dz, inputs: { y } }) => unbroadcast(dz, y.shape),
  },
})

/** z = x - y, elementwise with broadcasting.  x[...] y[...] -> [...] */
export const sub = (x: Operand, y: Operand): Tensor => apply(subOp, operands('sub', x, y))
export const subOp = binaryOp('sub', {
  equation: 'x - y',
  domain: { x: reals, y: reals },
  integers: true,
  examples: [{ inputs: { x: [5, 7], y: 3 }, z: [2, 4] }],
  reads: { x: [], y: [] },
  vjp: {
    x: ({ dz, inputs: { x } }) => unbroadcast(dz, x.shape),
    y: ({ dz, inputs: { y } }) => neg(unbroadcast(dz, y.shape)),
  },
})

/** z = x y, elementwise with broadcasting.  x[...] y[...] -> [...] */
export const mul = (x: Operand, y: Operand): Tensor => apply(mulOp, operands('mul', x, y))
export const mulOp = binaryOp('mul', {
  equation: 'x * y',
  domain: { x: reals, y: reals },
  integers: true,
  examples: [{ inputs: { x: [2, 3], y: [4, 5] }, z: [8, 15] }],
  reads: { x: ['y'], y: ['x'] },
  vjp: {
    x: ({ dz, inputs: { x, y } }) => unbroadcast(mul(dz, y), x.shape),
    y: ({ dz, inputs: { x, y } }) => unbroadcast(mul(dz, x), y.shape),
  },
})

/** z = x / y, elementwise with broadcasting.  x[...] y[...] -> [...] */
export const div = (x: Operand, y: Operand): Tensor => apply(divOp, operands('div', x, y))
export const divOp = binaryOp('div', {
  equation: 'x / y',
  domain: { x: reals, y: { ...nonzero, margin: 0.4 } },
  examples: [{ inputs: { x: [6, 7], y: [3, -2] }, z: [2, -3.5] }],
  reads: { x: ['y'], y: ['y', '->'] },
  vjp: {
    x: ({ dz, inputs: { x, y } }) => unbroadcast(div(dz, y), x.shape),
    y: ({ dz, inputs: { y }, z }) => unbroadcast(neg(div(mul(dz, z), y)), y.shape),
  },
})

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
