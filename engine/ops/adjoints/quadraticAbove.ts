import { reals } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { Generator } from '../../random.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { add, mul, type Operand, scalar } from '../arithmetic.ts'
import { sum } from '../reduce.ts'
import { greater, where } from '../select.ts'

/**
 * z = a + b x + c x^2 where x is above its row's bound, else x: what margins make of the cosines of hard classes.
 * x[N,C] bound[N,1] a[] b[] c[] -> [N,C]
 */
export function quadraticAbove(
  x: Tensor,
  bound: Tensor,
  { a, b, c }: Record<'a' | 'b' | 'c', Operand>,
): Tensor {
  const of = (k: Operand): Tensor => scalar('quadraticAbove', k, x)
  return apply(quadraticAboveOp, { x, bound, a: of(a), b: of(b), c: of(c) })
}

const signature = 'x[N,C] bound[N,1] a[] b[] c[] -> [N,C]'
const bound = { ...reals, even: true }
const shapes = ([n, classes]: readonly number[]) => ({ x: [n, classes], bound: [n, 1], a: [], b: [], c: [] })
const sampleSizes = (rng: Generator): readonly number[] => [rng.integer(1, 4), rng.integer(1, 5)]

export const quadraticAboveOp: OpSpec<'x' | 'bound' | 'a' | 'b' | 'c'> = defineOp({
  name: 'quadraticAbove',
  signature,
  equation: 'x > bound ? a + b x + c x^2 : x',
  domain: { x: reals, bound, a: reals, b: reals, c: reals },
  examples: [
    {
      inputs: { x: [[-1, 2, 3]], bound: [[2]], a: 1, b: 2, c: 3 },
      z: [[-1, 2, 34]],
      grads: { x: [[1, 1, 20]], bound: [[0]], a: 1, b: 3, c: 9 },
    },
    {
      inputs: { x: [[-1e200, 2]], bound: [[1]], a: 0, b: 0, c: 1 },
      z: [[-1e200, 4]],
      grads: { x: [[1, 4]], a: 1, b: 2, c: 4 },
    },
  ],
  sample: rng => ({ shapes: shapes(sampleSizes(rng)), attrs: {} }),
  compose: ({ x, bound, a, b, c }) => where(greater(x, bound), add(a, mul(x, add(b, mul(x, c)))), x),
  fused: (k, { x, bound, a, b, c }) => k.quadraticAbove?.(x, bound, a, b, c),
  reads: { x: ['x', 'bound', 'b', 'c'], bound: [], a: ['x', 'bound'], b: ['x', 'bound'], c: ['x', 'bound'] },
  vjp: {
    x: ({ dz: y, inputs: { x, bound, b, c } }) => apply(quadraticAboveGradOp, { y, x, bound, b, c }),
    bound: 'nondifferentiable',
    a: ({ dz, inputs: { x, bound } }) => sum(mul(dz, greater(x, bound))),
    b: ({ dz, inputs: { x, bound } }) => sum(mul(dz, mul(x, greater(x, bound)))),
    // In this order, as the square of an x that does not count may be infinite.
    c: ({ dz, inputs: { x, bound } }) => sum(mul(dz, mul(mul(x, greater(x, bound)), x))),
  },
})

/** Its gradient in x, of the cotangent y. */
export const quadraticAboveGradOp: OpSpec<'y' | 'x' | 'bound' | 'b' | 'c'> = defineOp({
  name: 'quadraticAboveGrad',
  signature: 'y[N,C] x[N,C] bound[N,1] b[] c[] -> [N,C]',
  equation: 'x > bound ? y (b + 2 c x) : y',
  domain: { y: reals, x: reals, bound, b: reals, c: reals },
  examples: [
    {
      inputs: { y: [[5, 6, 7]], x: [[-1, 2, 3]], bound: [[2]], b: 2, c: 3 },
      z: [[5, 6, 140]],
      grads: { y: [[1, 1, 20]], x: [[0, 0, 42]], b: 7, c: 42 },
    },
  ],
  sample(rng) {
    const { a: _, ...all } = shapes(sampleSizes(rng))
    return { shapes: { ...all, y: all.x }, attrs: {} }
  },
  compose: ({ y, x, bound, b, c }) => where(greater(x, bound), mul(y, add(b, mul(x, mul(c, 2)))), y),
  fused: (k, { y, x, bound, b, c }) => k.quadraticAboveGrad?.(y, x, bound, b, c),
  reads: {
    y: ['x', 'bound', 'b', 'c'],
    x: ['y', 'x', 'bound', 'c'],
    bound: [],
    b: ['y', 'x', 'bound'],
    c: ['y', 'x', 'bound'],
  },
  vjp: {
    y: ({ dz, inputs: { x, bound, b, c } }) => apply(quadraticAboveGradOp, { y: dz, x, bound, b, c }),
    x: ({ dz, inputs: { y, x, bound, c } }) => mul(mul(dz, y), mul(greater(x, bound), mul(c, 2))),
    bound: 'nondifferentiable',
    b: ({ dz, inputs: { y, x, bound } }) => sum(mul(mul(dz, y), greater(x, bound))),
    c: ({ dz, inputs: { y, x, bound } }) => mul(sum(mul(mul(dz, y), mul(x, greater(x, bound)))), 2),
  },
})
