import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  backend,
  cos,
  exp,
  gather,
  grad,
  matmul,
  mul,
  neg,
  ones,
  parameter,
  sin,
  sum,
  type Tensor,
  take,
  tensor,
  tidy,
  vjp,
  zeros,
} from '../../engine/index.ts'
import { apply, defineOp } from '../../engine/op.ts'
import { gradcheck, seeds, tensors } from '../../engine/testing/index.ts'
import { expectClose } from '../support/close.ts'
import { f64, leaf, random } from '../support/numbers.ts'
import { check } from '../support/property.ts'

describe('reverse mode', () => {
  test('a chain of 100,000 ops needs no stack', () => {
    const x = leaf([1, 2])
    let y = x
    for (let i = 0; i < 100_000; i++) y = add(y, 1)
    expectClose(grad(y, x, f64([3, 5])), [3, 5], 0)
  })

  test('a node that is used n times adds up n cotangents', () => {
    const x = leaf([1.5, -2])
    const y = mul(x, x)
    expectClose(grad(add(y, add(y, mul(y, x))), x, f64([1, 1])), [4 * 1.5 + 3 * 1.5 ** 2, 4 * -2 + 3 * 4], 0)
  })

  // 2^60 paths lead from y to x: each node is visited once, not once a path.
  test('sharing does not multiply the work', () => {
    const x = leaf(1)
    let y: Tensor = x
    for (let i = 0; i < 60; i++) y = add(y, y)
    expect(grad(y, x).item()).toBe(2 ** 60)
  })

  test('gradients of gradients of gradients', () => {
    const x = leaf([0.3, -1.2])
    const derivatives = [x.sin()]
    for (let i = 0; i < 4; i++) derivatives.push(grad(sum(derivatives[i]), x))
    const [, first, second, third, fourth] = derivatives
    expectClose(first, cos(x), 1e-15)
    expectClose(second, neg(sin(x)), 1e-15)
    expectClose(third, neg(cos(x)), 1e-15)
    expectClose(fourth, sin(x), 1e-15)
  })

  test('the chain rule, on random compositions and cotangents', () => {
    check(
      fc.property(tensors([2, 3]), tensors([3, 2]), seeds(), (x, w, seed) => {
        const f = (x: Tensor, w: Tensor): Tensor => exp(mul(sin(matmul(x, w)), 0.5))
        gradcheck(([a, b]) => f(a, b), [x, w], { order: 2, seed })
      }),
      10,
    )
  })

  test('the gradient is linear in its cotangent', () => {
    const { y, pull } = vjp(x => sin(x), random([3], 0))
    const [u, w] = [random(y.shape, 1), random(y.shape, 2)]
    expectClose(pull(add(u, w)), add(pull(u), pull(w)), 1e-15)
  })

  // Their rules add to the cotangent that is known, and so take no other's place: picked twice, before another use and after it.
  test('what picks from a tensor adds to what is known of its cotangent', () => {
    const rows = tensor(Int32Array.of(2, 0, 2), { backend: backend('reference') })
    const columns = tensor(Int32Array.of(1, 1, 0, 1, 1, 0), { shape: [3, 2], backend: backend('reference') })
    const picks = [(x: Tensor) => take(x, rows), (x: Tensor) => gather(x, columns)]
    check(
      fc.property(
        tensors([3, 2]),
        tensors([3, 2]),
        fc.constantFrom(...picks),
        seeds(),
        (x, w, pick, seed) => {
          const f = (x: Tensor, w: Tensor): Tensor => add(sin(mul(pick(x), w)), mul(pick(mul(x, w)), x))
          gradcheck(([a, b]) => f(a, b), [x, w], { order: 2, seed })
          const dy = random([3, 2], seed)
          const together = vjp((x: Tensor) => add(pick(x), x), x).pull(dy)
          // Sums of three terms at most, in another order.
          expectClose(together, add(vjp(pick, x).pull(dy), dy), 1e-15)
        },
      ),
      10,
    )
  })

  test('an input that y does not depend on gets zeros', () => {
    const [x, other] = [leaf([1]), leaf([7, 8])]
    expectClose(grad(sum(x), [x, other])[1], [0, 0], 0)
  })

  test('records come back as records, arrays as arrays', () => {
    const xs = { a: leaf(2), b: leaf(3) }
    const y = mul(xs.a, xs.b)
    expect(Object.keys(grad(y, xs))).toEqual(['a', 'b'])
    expect(grad(y, [xs.a, xs.b]).map(t => t.item())).toEqual([3, 2])
    expect(grad(y, xs.a).item()).toBe(3)
  })

  test('y itself and an inner node can be asked for', () => {
    const x = leaf(2)
    const y = mul(x, x)
    const z = mul(y, 3)
    expect(grad(z, z).item()).toBe(1)
    expect(grad(z, [y, x]).map(t => t.item())).toEqual([3, 12])
  })

  test('a graph may be pulled again and again', () => {
    const x = leaf(3)
    const y = mul(x, x)
    expect([grad(y, x).item(), grad(y, x).item()]).toEqual([6, 6])
  })
})

describe('errors', () => {
  const wrongShape = defineOp({
    name: 'flattened',
    signature: 'x[...] -> [...]',
    equation: 'x',
    domain: { x: { kind: 'float', low: -1, high: 1 } },
    examples: [],
    compose: ({ x }) => mul(x, 1),
    vjp: { x: ({ dz }) => dz.reshape([-1]) },
  })

  test.each<[string, () => unknown, RegExp]>([
    [
      'y of several elements without dy',
      () => grad(exp(leaf([1, 2])), leaf(1)),
      /grad: y is a scalar unless dy is given, got shape \[2\]/,
    ],
    [
      'dy of another shape',
      () => {
        const x = leaf([1, 2])
        return grad(exp(x), x, f64([1]))
      },
      /grad: dy is float64\[2\] on reference, as y, got float64\[1\]/,
    ],
    [
      'dy of another dtype',
      () => {
        const x = leaf([1, 2])
        return grad(exp(x), x, ones([2]))
      },
      /dy is float64\[2\] .* got float32\[2\]/,
    ],
    [
      'x without requiresGrad',
      () => {
        const x = leaf(1)
        return grad(exp(x), [x, f64(2)])
      },
      /grad: x\[1\]: float64\[\] on reference does not require a gradient/,
    ],
    ['y without a graph', () => grad(f64(1), leaf(1)), /does not require a gradient/],
    [
      'a vjp of a wrong shape',
      () => {
        const x = leaf([[1, 2]] as never)
        return grad(sum(apply(wrongShape, { x })), x)
      },
      /flattened: the vjp of x gives \[2\], but x is \[1,2\]/,
    ],
    ...(
      [
        ['a vjp that is no tensor', { x: () => [1, 2] }, /flattened: the vjp of x as a tensor/],
        ['a rule that is missing', {}, /flattened: vjp: a rule for x, or 'nondifferentiable', expected/],
      ] as const
    ).map(([what, vjp, message]): [string, () => unknown, RegExp] => [
      what,
      () => {
        const x = leaf([1, 2])
        return grad(sum(apply({ ...wrongShape, vjp } as never, { x })), x)
      },
      message,
    ]),
    [
      'an input of another name',
      () => apply(wrongShape, { y: leaf(1) } as never),
      /flattened: inputs \{ x \} expected, got y/,
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message)
  })

  test('values that were assigned to after they were used', () => {
    const w = parameter(f64([1, 2]))
    const y = sum(mul(w, w))
    w.assign(f64([5, 6]))
    expect(() => grad(y, w)).toThrow(/grad: mul: input x was assigned to after it was used/)
    expect(grad(sum(mul(w, w)), w).toArray()).toEqual([10, 12])
  })

  test('a graph whose values were released', () => {
    const x = leaf([1, 2])
    const y = tidy(() => sum(exp(mul(x, x))))
    expect(() => grad(y, x)).toThrow(/its memory was released/)
    expect(zeros([1]).requiresGrad).toBe(false)
  })
})
