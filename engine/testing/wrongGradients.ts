import { checkOp } from '../checkSpec.ts'
import { awayFrom, type Domain, distinct, positive, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { exp, log } from '../ops/analytic.ts'
import { add, div, mul, neg, stopGradient, sub } from '../ops/arithmetic.ts'
import { matmul } from '../ops/matmul.ts'
import { sum } from '../ops/reduce.ts'
import { mean } from '../ops/statistics.ts'
import { cos, sin } from '../ops/trigonometric.ts'
import { norm } from '../ops/vector.ts'
import { Generator } from '../random.ts'
import type { OpSpec, Rule } from '../spec.ts'
import type { Tensor } from '../tensor.ts'
import { asFunction, drawCase } from './cases.ts'
import { GradcheckError } from './failure.ts'
import { gradcheck } from './gradcheck.ts'

/** An op whose gradient is wrong on purpose, for the tests of the test: from this order on a check must catch it. */
export interface WrongGradient {
  readonly name: string
  readonly order: 1 | 2
  readonly op: OpSpec
}

type Rules = Readonly<Record<string, Rule<string, object>>>

/** A mistake in one rule of an otherwise right op. */
interface Mistake {
  readonly name: string
  readonly signature: string
  readonly domain: Readonly<Record<string, Domain>>
  compose(inputs: Readonly<Record<string, Tensor>>): Tensor
  readonly right: Rules
  readonly wrong: Rules
}

const N = 'x[N,N]'
const square = {
  signature: `${N} -> [N,N]`,
  domain: { x: awayFrom(0) },
  compose: ({ x }: Readonly<Record<string, Tensor>>) => mul(x, x),
  right: { x: ({ dz, inputs: { x } }) => mul(dz, mul(x, 2)) } as Rules,
}
const scaling = {
  signature: `${N} y[N] -> [N,N]`,
  domain: { x: awayFrom(0), y: awayFrom(0) },
  compose: ({ x, y }: Readonly<Record<string, Tensor>>) => mul(x, mul(y, y)),
  right: {
    x: ({ dz, inputs: { y } }) => mul(dz, mul(y, y)),
    y: ({ dz, inputs: { x, y } }) => sum(mul(dz, mul(x, mul(y, 2))), { axis: 0 }),
  } as Rules,
}

const MISTAKES: readonly Mistake[] = [
  {
    ...square,
    name: 'scaled: 2.001 x for x^2',
    wrong: { x: ({ dz, inputs: { x } }) => mul(dz, mul(x, 2.001)) },
  },
  { ...square, name: 'half: x for x^2', wrong: { x: ({ dz, inputs: { x } }) => mul(dz, x) } },
  { ...square, name: 'zero: 0 for x^2', wrong: { x: ({ dz }) => mul(dz, 0) } },
  {
    name: 'sign: -cos x for sin x',
    signature: `${N} -> [N,N]`,
    domain: { x: reals },
    compose: ({ x }) => sin(x),
    right: { x: ({ dz, inputs: { x } }) => mul(dz, cos(x)) },
    wrong: { x: ({ dz, inputs: { x } }) => neg(mul(dz, cos(x))) },
  },
  {
    ...scaling,
    name: 'unbroadcast over the wrong axis of a square',
    wrong: { y: ({ dz, inputs: { x, y } }) => mul(sum(mul(dz, x), { axis: 1 }), mul(y, 2)) },
  },
  {
    ...scaling,
    name: 'unbroadcast by a mean',
    wrong: { y: ({ dz, inputs: { x, y } }) => mean(mul(dz, mul(x, mul(y, 2))), { axis: 0 }) },
  },
  {
    name: 'transposed weight: dz W for x W',
    signature: `${N} W[N,N] -> [N,N]`,
    domain: { x: reals, W: distinct }, // a symmetric W would make the mistake right
    compose: ({ x, W }) => matmul(x, W),
    right: {
      x: ({ dz, inputs: { W } }) => matmul(dz, W, { transposeB: true }),
      W: ({ dz, inputs: { x } }) => matmul(x, dz, { transposeA: true }),
    },
    wrong: { x: ({ dz, inputs: { W } }) => matmul(dz, W) },
  },
  {
    name: 'dropped term: e^x for x e^x',
    signature: `${N} -> [N,N]`,
    domain: { x: awayFrom(0) },
    compose: ({ x }) => mul(x, exp(x)),
    right: { x: ({ dz, inputs: { x } }) => mul(dz, mul(add(x, 1), exp(x))) },
    wrong: { x: ({ dz, inputs: { x } }) => mul(dz, exp(x)) },
  },
  {
    name: 'detached norm: dz / ‖x‖ for x / ‖x‖',
    signature: `${N} -> [N,N]`,
    domain: { x: positive },
    compose: ({ x }) => div(x, norm(x, { axis: -1, keepDims: true })),
    right: {
      x: ({ dz, inputs: { x } }) => {
        const z = div(x, norm(x, { axis: -1, keepDims: true }))
        return div(
          sub(dz, mul(z, sum(mul(dz, z), { axis: -1, keepDims: true }))),
          norm(x, { axis: -1, keepDims: true }),
        )
      },
    },
    wrong: { x: ({ dz, inputs: { x } }) => div(dz, norm(x, { axis: -1, keepDims: true })) },
  },
  {
    name: 'swapped inputs: dx for dy of x ln y',
    signature: `${N} y[N,N] -> [N,N]`,
    domain: { x: positive, y: positive },
    compose: ({ x, y }) => mul(x, log(y)),
    right: {
      x: ({ dz, inputs: { y } }) => mul(dz, log(y)),
      y: ({ dz, inputs: { x, y } }) => mul(dz, div(x, y)),
    },
    wrong: {
      x: ({ dz, inputs: { x, y } }) => mul(dz, div(x, y)),
      y: ({ dz, inputs: { y } }) => mul(dz, log(y)),
    },
  },
]

function opOf(mistake: Mistake, vjp: Rules): OpSpec {
  return defineOp<string>({
    name: mistake.name,
    signature: mistake.signature,
    equation: mistake.name,
    domain: mistake.domain,
    examples: [],
    // At N = 1 an axis cannot be mistaken for the other.
    sample: rng => {
      const n = rng.integer(2, 4)
      const shapes = Object.keys(mistake.domain).map(x => [
        x,
        mistake.signature.includes(`${x}[N,N]`) ? [n, n] : [n],
      ])
      return { shapes: Object.fromEntries(shapes), attrs: {} }
    },
    compose: mistake.compose,
    vjp,
  })
}

/** The value of the right rule with the derivative of the wrong one: no check of the first order can see it. */
const hidden =
  (right: Rules[string], wrong: Rules[string]): Rules[string] =>
  (...args) => {
    const w = wrong(...args)
    return add(stopGradient(right(...args)), sub(w, stopGradient(w)))
  }

function secondOrderOf(mistake: Mistake): OpSpec {
  const vjp = { ...mistake.right }
  for (const x of Object.keys(mistake.wrong)) vjp[x] = hidden(mistake.right[x], mistake.wrong[x])
  return opOf(mistake, vjp)
}

const scaledSquare = opOf(MISTAKES[0], MISTAKES[0].wrong)
const x3 = { ...square, compose: ({ x }: Readonly<Record<string, Tensor>>) => mul(x, mul(x, x)) }

/** Every mistake in a first gradient, and the same in a second gradient under a first one that is right. */
export const WRONG_GRADIENTS: readonly WrongGradient[] = [
  ...MISTAKES.map(m => ({ name: m.name, order: 1 as const, op: opOf(m, { ...m.right, ...m.wrong }) })),
  ...MISTAKES.map(m => ({ name: `${m.name}, in second order`, order: 2 as const, op: secondOrderOf(m) })),
  {
    name: 'stopGradient inside a vjp',
    order: 2,
    op: opOf(
      { ...MISTAKES[3], name: 'stopGradient' },
      { x: ({ dz, inputs: { x } }) => mul(dz, stopGradient(cos(x))) },
    ),
  },
  {
    name: 'a vjp made of an op with a wrong vjp',
    order: 2,
    op: opOf(
      { ...x3, name: 'x^3', wrong: {} },
      { x: ({ dz, inputs: { x } }) => mul(dz, mul(apply(scaledSquare, { x }), 3)) },
    ),
  },
]

/** Does a check of that order find `wrong`'s mistake, on a random case? */
export function isCaught(wrong: WrongGradient, seed: number, order: 1 | 2 = wrong?.order): boolean {
  checkOp('isCaught', wrong?.op)
  const { f, inputs } = asFunction(wrong.op, drawCase(wrong.op, new Generator(seed)))
  try {
    gradcheck(f, inputs, { order, seed, name: wrong.name })
    return false
  } catch (error) {
    if (error instanceof GradcheckError && error.failure.kind === 'wrong') return true
    throw error
  }
}
