import { describe, expect, test } from 'vitest'
import {
  abs,
  cos,
  exp,
  Generator,
  grad,
  matmul,
  mul,
  noGrad,
  randn,
  sin,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../../engine/index.ts'
import { gradcheck } from '../../../engine/testing/index.ts'
import { f64, random } from '../../support/numbers.ts'
import { onReference } from '../../support/onReference.ts'

onReference()

describe('right gradients', () => {
  test('a loss of one’s own takes three lines, in any form of inputs', () => {
    const [x, w] = [random([4, 3], 0), random([5, 3], 1)]
    const result = gradcheck(
      ({ x, w }) => sum(exp(sin(matmul(x, w, { transposeB: true })))),
      { x, w },
      { order: 2 },
    )
    expect(result.orders.map(o => o.order)).toEqual([1, 2])
    expect(result.cases).toBe(2 * 2 + 2 * 3)
    expect(result.worst).toBeLessThan(1e-8)
    expect(gradcheck(([a, b]) => mul(a, b), [f64([1, 2]), f64([3])]).cases).toBe(4)
    expect(gradcheck(x => x.exp(), x).worst).toBeLessThan(1e-9)
  })

  test('may be tiny, or huge: the error is relative', () => {
    for (const shift of [-200, 200]) {
      expect(gradcheck(x => exp(x.add(shift)), f64([0.5, -0.25]), { order: 2 }).worst).toBeLessThan(1e-9)
    }
  })

  test('of order 1 where u, x and v happen to cancel', () => {
    // <g, v> is a difference of near equals for some of these directions; the error is not divided by it.
    for (let seed = 0; seed < 200; seed++) gradcheck(x => sum(sin(x)), f64([0.5, 0.5]), { seed })
  })

  test('of an input without a say, where what f makes on its way is larger than its value and rounds', () => {
    // sin^2 + cos^2 = 1 but for some 1e-16; times 8, by differences, that is 4e-12 and not 0.
    const one = (w: Tensor): Tensor => mul(sin(w), sin(w)).add(mul(cos(w), cos(w)))
    const f = ({ x, w }: { x: Tensor; w: Tensor }): Tensor => sum(sin(x)).add(mul(sub(one(w), 1), 8).sum())
    for (let seed = 0; seed < 50; seed++) gradcheck(f, { x: f64([0.3]), w: random([3], seed) }, { seed })
  })

  test('the same seed gives the same result', () => {
    const run = (seed: number) => gradcheck(x => sin(x), random([7], 3), { seed, order: 2 })
    expect(run(4)).toEqual(run(4))
    expect(run(4).worst).not.toBe(run(5).worst)
  })

  test('inputs are left as they were, also when they are parameters', () => {
    const x = tensor(new Float64Array([1, 2]), { requiresGrad: true })
    gradcheck(t => exp(t), x)
    expect([x.toArray(), x.version, x.disposed]).toEqual([[1, 2], 0, false])
  })
})

describe('gradcheck refuses', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'float32',
      () => gradcheck(x => exp(x), tensor([1])),
      /gradcheck: input x is float64, .* got float32\[1\] on reference/,
    ],
    [
      'float32 inside',
      () => gradcheck(x => exp(x).astype('float32'), f64([1])),
      /gradcheck: f's value is float64, .* got float32/,
    ],
    [
      'what is no tensor',
      () => gradcheck(({ x }) => x, { x: [1] as unknown as Tensor }),
      /gradcheck: x\[0\] as a tensor, as tensor\(..\) makes one, expected, got 1/,
    ],
    [
      'no tensor as value',
      () => gradcheck(() => 3 as unknown as Tensor, f64([1])),
      /gradcheck: f's value as a tensor expected, got 3/,
    ],
    ['no inputs', () => gradcheck(() => f64([1]), {}), /gradcheck: at least one input expected, got none/],
    [
      'order 3',
      () => gradcheck(x => x, f64([1]), { order: 3 as 2 }),
      /gradcheck: order 1 or 2 expected, got 3/,
    ],
    [
      'a step of 0',
      () => gradcheck(x => x, f64([1]), { step: 0 }),
      /gradcheck: a step above 0 expected, got 0/,
    ],
    [
      'a tolerance below 0',
      () => gradcheck(x => x, f64([1]), { tolerance: -1 }),
      /gradcheck: a tolerance above 0 expected/,
    ],
    [
      'no directions',
      () => gradcheck(x => x, f64([1]), { directions: 0 }),
      /gradcheck: directions as an integer >= 1 expected, got 0/,
    ],
  ])('%s', (_, run, message) => {
    expect(run).toThrow(message)
  })
})

test('the numbers are those of the formula: d sin^2 / dx', () => {
  const x = randn([3], new Generator(2), { dtype: 'float64', std: 1 })
  const leaf = tensor(x.dataSync(), { requiresGrad: true })
  const dx = grad(sum(mul(sin(leaf), sin(leaf))), leaf)
  const expected = noGrad(() => mul(mul(sin(x), cos(x)), 2))
  expect(Math.max(...abs(sub(dx, expected)).dataSync())).toBeLessThan(1e-15)
})
