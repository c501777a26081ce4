import type { Binary, TypedArray } from '../backends/backend.ts'
import { valuesLike } from '../create.ts'
import { anyDType, awayFrom, reals } from '../domain.ts'
import { apply, binaryOp, defineOp } from '../op.ts'
import type { OpSpec } from '../spec.ts'
import { checkTensor, type Nested, Tensor } from '../tensor.ts'
import { add, mul, type Operand, operands, scalar } from './arithmetic.ts'
import { astype } from './astype.ts'
import { unbroadcast } from './reduce.ts'

/**
 * A comparison: 1 where it holds, else 0, in the operands' dtype, and for int32 in float32, for a mean to take; without a
 * gradient.
 */
const comparison = (name: Binary, equation: string, z: readonly number[]): OpSpec<'x' | 'y'> =>
  defineOp({
    name,
    signature: 'x[...] y[...] -> [...]',
    equation,
    domain: { x: anyDType, y: anyDType },
    examples: [{ inputs: { x: [1, 2, 3], y: 2 }, z }],
    forward(k, { x, y }, _, shape) {
      const z = k.binary(name, x, y, shape)
      if (z.dtype !== 'int32') return z
      const out = k.cast(z, 'float32')
      k.free(z.buffer)
      return out
    },
    vjp: { x: 'nondifferentiable', y: 'nondifferentiable' },
  })

export const equalOp = comparison('equal', 'x = y', [0, 1, 0])
export const notEqualOp = comparison('notEqual', 'x != y', [1, 0, 1])
export const lessOp = comparison('less', 'x < y', [1, 0, 0])
export const lessEqualOp = comparison('lessEqual', 'x <= y', [1, 1, 0])
export const greaterOp = comparison('greater', 'x > y', [0, 0, 1])
export const greaterEqualOp = comparison('greaterEqual', 'x >= y', [0, 1, 1])

/** What a comparison takes besides: numbers, such as labels, of the other operand's dtype and on its backend. */
export type Compared = Operand | Nested | TypedArray

function compared(op: string, x: Compared, y: Compared): { x: Tensor; y: Tensor } {
  if (x instanceof Tensor && isList(y)) return { x, y: valuesLike(op, y, x) }
  if (y instanceof Tensor && isList(x)) return { x: valuesLike(op, x, y), y }
  return operands(op, x as Operand, y as Operand)
}

const isList = (x: Compared): x is Nested | TypedArray => Array.isArray(x) || ArrayBuffer.isView(x)

/** 1 where x = y, else 0.  x[...] y[...] -> [...] */
export const equal = (x: Compared, y: Compared): Tensor => apply(equalOp, compared('equal', x, y))
/** 1 where x differs from y, else 0.  x[...] y[...] -> [...] */
export const notEqual = (x: Compared, y: Compared): Tensor => apply(notEqualOp, compared('notEqual', x, y))
/** 1 where x < y, else 0.  x[...] y[...] -> [...] */
export const less = (x: Compared, y: Compared): Tensor => apply(lessOp, compared('less', x, y))
/** 1 where x <= y, else 0.  x[...] y[...] -> [...] */
export const lessEqual = (x: Compared, y: Compared): Tensor => apply(lessEqualOp, compared('lessEqual', x, y))
/** 1 where x > y, else 0.  x[...] y[...] -> [...] */
export const greater = (x: Compared, y: Compared): Tensor => apply(greaterOp, compared('greater', x, y))
/** 1 where x >= y, else 0.  x[...] y[...] -> [...] */
export const greaterEqual = (x: Operand, y: Operand): Tensor =>
  apply(greaterEqualOp, operands('greaterEqual', x, y))

/**
 * z = x where condition, of any dtype, is not 0, else y, with broadcasting; numbers are of the other's dtype, and two of the
 * condition's.  condition[...] x[...] y[...] -> [...]
 */
export function where(condition: Tensor, x: Operand, y: Operand): Tensor {
  checkTensor('where', 'condition', condition)
  const like = x instanceof Tensor ? x : y instanceof Tensor ? y : condition
  const [a, b] = [scalar('where', x, like), scalar('where', y, like)]
  const same = condition.dtype === a.dtype || condition.backend !== a.backend
  const chosen = same ? condition : astype(notEqual(condition, 0), a.dtype)
  return apply(whereOp, { condition: chosen, x: a, y: b })
}
export const whereOp = defineOp({
  name: 'where',
  signature: 'condition[...] x[...] y[...] -> [...]',
  equation: 'condition ? x : y',
  domain: { condition: { ...awayFrom(0), kind: 'any' }, x: anyDType, y: anyDType },
  examples: [{ inputs: { condition: [1, 0], x: [2, 3], y: 9 }, z: [2, 9] }],
  forward: (k, { condition, x, y }, _, shape) => k.where(condition, x, y, shape),
  reads: { condition: [], x: ['condition'], y: ['condition'] },
  vjp: {
    condition: 'nondifferentiable',
    // Chosen, not multiplied by 0: an infinite cotangent of the other branch stays out.
    x: ({ dz, inputs: { condition, x } }) => unbroadcast(where(condition, dz, 0), x.shape),
    y: ({ dz, inputs: { condition, y } }) => unbroadcast(where(condition, 0, dz), y.shape),
  },
})

/** z = max(x, y), elementwise with broadcasting; where they tie each gets half.  x[...] y[...] -> [...] */
export const maximum = (x: Operand, y: Operand): Tensor => apply(maximumOp, operands('maximum', x, y))
export const maximumOp = binaryOp('maximum', {
  equation: 'max(x, y)',
  domain: { x: reals, y: { ...reals, even: true } },
  integers: true,
  examples: [
    { inputs: { x: [1, 5, 2], y: [3, 4, 2] }, z: [3, 5, 2], grads: { x: [0, 1, 0.5], y: [1, 0, 0.5] } },
  ],
  reads: { x: ['x', 'y'], y: ['x', 'y'] },
  vjp: {
    x: ({ dz, inputs: { x, y } }) => unbroadcast(mul(dz, above(x, y)), x.shape),
    y: ({ dz, inputs: { x, y } }) => unbroadcast(mul(dz, above(y, x)), y.shape),
  },
})

/** z = min(x, y), elementwise with broadcasting; where they tie each gets half.  x[...] y[...] -> [...] */
export const minimum = (x: Operand, y: Operand): Tensor => apply(minimumOp, operands('minimum', x, y))
export const minimumOp = binaryOp('minimum', {
  equation: 'min(x, y)',
  domain: { x: reals, y: { ...reals, even: true } },
  integers: true,
  examples: [
    { inputs: { x: [1, 5, 2], y: [3, 4, 2] }, z: [1, 4, 2], grads: { x: [1, 0, 0.5], y: [0, 1, 0.5] } },
  ],
  reads: { x: ['x', 'y'], y: ['x', 'y'] },
  vjp: {
    x: ({ dz, inputs: { x, y } }) => unbroadcast(mul(dz, above(y, x)), x.shape),
    y: ({ dz, inputs: { x, y } }) => unbroadcast(mul(dz, above(x, y)), y.shape),
  },
})

/** 1 where x > y, 1/2 where x = y, else 0. */
const above = (x: Tensor, y: Tensor): Tensor => add(greater(x, y), mul(equal(x, y), 0.5))
