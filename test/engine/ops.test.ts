import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Nested, OpSpec } from '../../engine/index.ts'
import {
  apply,
  Generator,
  grad,
  jvp,
  noGrad,
  OPS,
  onesLike,
  type Tensor,
  tensor,
  vjp,
} from '../../engine/index.ts'
import {
  asFunction,
  type Case,
  differentiable,
  drawCase,
  GradcheckError,
  gradcheck,
  seeds,
} from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { inner } from '../support/numbers.ts'
import { onReference } from '../support/onReference.ts'
import { check } from '../support/property.ts'

onReference()

const CASES = 10

/** What an op's row says: its examples, and the properties that every gradient has. */
describe.each(OPS.map(op => [op.name, op] as const))('%s', (_, op) => {
  test.each(op.examples)('example %#', example => {
    const inputs = exampleInputs(op, example.inputs)
    const z = apply(op, inputs, example.attrs)
    // The examples are written to 16 digits, and functions of Math are off by 1 unit in the last place or so.
    expectClose(z, example.z, 1e-15)
    for (const [name, expected] of Object.entries(example.grads ?? {})) {
      const [dx] = grad(z, [inputs[name]], onesLike(z))
      expectClose(dx, expected as Nested, 1e-15, `gradient in ${name}`)
    }
  })

  // Dyadic inputs are exact in float32, so only what the op computes is rounded: some ten roundings of 6e-8, which
  // a division by a small deviation (layerNorm, normalize) enlarges up to tenfold.
  test('float32 lies within its rounding of float64', () => {
    check(
      fc.property(seeds(), seed => {
        const draw = (dtype: 'float32' | 'float64'): Tensor => {
          const { inputs, attrs } = drawCase(op, new Generator(seed), { dtype })
          return apply(op, inputs, attrs)
        }
        const [narrow, wide] = [draw('float32'), draw('float64')]
        const scale = Math.max(1, ...wide.dataSync().map(Math.abs))
        expectClose(narrow, wide, 1e-5 * scale)
      }),
      CASES,
    )
  })

  test('leaves its inputs as they were', () => {
    const { inputs, attrs } = drawCase(op, new Generator(1))
    const before = Object.values(inputs).map(x => x.dataSync())
    apply(op, inputs, attrs)
    expect(Object.values(inputs).map(x => x.dataSync())).toEqual(before)
  })
})

describe.each(OPS.filter(op => differentiable(op).length > 0).map(op => [op.name, op] as const))(
  'gradient of %s',
  (_, op) => {
    test('agrees with finite differences, to second order', () => {
      let checked = 0
      for (let seed = 0; checked < CASES && seed < 4 * CASES; seed++) {
        const { f, inputs } = asFunction(op, drawCase(op, new Generator(seed)))
        try {
          gradcheck(f, inputs, { order: 2, seed, name: op.name, path: seed })
          checked++
        } catch (error) {
          // A case whose gradient is all zeros, such as relu of negative numbers, does not count.
          if (!(error instanceof GradcheckError && error.failure.kind === 'negligible')) throw error
        }
      }
      expect(checked).toBe(CASES)
    })

    test('vjp is the adjoint of jvp: <u, J v> = <J^T u, v>', () => {
      eachPoint(op, ({ f, inputs, like }) => {
        const v = like(inputs)
        const { y, dy } = jvp(f, inputs, v)
        const u = like({ y }).y
        const pulled = vjp(f, inputs).pull(u)
        const left = inner(u, dy)
        const right = Object.keys(inputs).reduce((sum, x) => sum + inner(pulled[x], v[x]), 0)
        // Two orders of adding up to a few hundred products.
        const size = Object.keys(inputs).reduce((sum, x) => sum + magnitude(pulled[x], v[x]), 0)
        expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-12 * Math.max(size, magnitude(u, dy), 1))
      })
    })

    test('the pullback is linear', () => {
      eachPoint(op, ({ f, inputs, like }) => {
        const { y, pull } = vjp(f, inputs)
        const [u, w] = [like({ y }).y, like({ y }).y]
        const both = pull(noGrad(() => u.mul(2).sub(w)))
        const [a, b] = [pull(u), pull(w)]
        for (const x in inputs) {
          const expected = noGrad(() => a[x].mul(2).sub(b[x]))
          const size = Math.max(1, ...a[x].dataSync().map(Math.abs), ...b[x].dataSync().map(Math.abs))
          expectClose(both[x], expected, 1e-13 * size)
        }
      })
    })
  },
)

type Inputs = Readonly<Record<string, Tensor>>
interface Point {
  readonly f: (inputs: Inputs) => Tensor
  readonly inputs: Inputs
  /** Random tensors of the same shapes. */
  like(xs: Inputs): Inputs
}

function eachPoint(op: OpSpec, visit: (point: Point) => void): void {
  for (let seed = 100; seed < 100 + CASES; seed++) {
    const rng = new Generator(seed)
    const like = (xs: Inputs): Inputs =>
      Object.fromEntries(
        Object.entries(xs).map(([name, { shape, size }]) => {
          return [
            name,
            tensor(
              Float64Array.from({ length: size }, () => rng.uniform(-1, 1)),
              { shape },
            ),
          ]
        }),
      )
    visit({ ...asFunction(op, drawCase(op, rng) as Case), like })
  }
}

function exampleInputs(op: OpSpec, values: Readonly<Record<string, Nested>>): Record<string, Tensor> {
  const entries = Object.entries(values).map(([name, value]) => {
    const isIndex = op.domain[name].kind === 'index'
    return [name, tensor(value, isIndex ? { dtype: 'int32' } : { dtype: 'float64', requiresGrad: true })]
  })
  return Object.fromEntries(entries)
}

const magnitude = (a: Tensor, b: Tensor): number => inner(abs(a), abs(b))
const abs = (x: Tensor): Tensor => noGrad(() => x.abs())
