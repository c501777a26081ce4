import { describe, expect, test } from 'vitest'
import {
  abs,
  apply,
  clamp,
  cos,
  defineOp,
  exp,
  Generator,
  grad,
  greater,
  matmul,
  mul,
  noGrad,
  randn,
  reals,
  relu,
  sin,
  sqrt,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../../engine/index.ts'
import {
  type Failure,
  GradcheckError,
  gradcheck,
  isCaught,
  WRONG_GRADIENTS,
} from '../../../engine/testing/index.ts'
import { f64, random } from '../../support/numbers.ts'

function failureOf(run: () => unknown): Failure {
  try {
    run()
  } catch (error) {
    if (error instanceof GradcheckError) return error.failure
    throw error
  }
  return expect.fail('a GradcheckError expected, got none')
}

const RUNS = 60

describe('wrong gradients', () => {
  test.each(WRONG_GRADIENTS.map(w => [w.name, w] as const))('%s is caught in every case', (_, wrong) => {
    for (let seed = 0; seed < RUNS; seed++) expect(isCaught(wrong, seed), `seed ${seed}`).toBe(true)
  })

  test('those of the first order are caught by a check of the second as well', () => {
    for (const wrong of WRONG_GRADIENTS) expect(isCaught(wrong, 1, 2), wrong.name).toBe(true)
  })

  test('those of the second order pass the first: only order 2 can see them', () => {
    for (const wrong of WRONG_GRADIENTS.filter(w => w.order === 2)) {
      expect(isCaught(wrong, 1, 1), wrong.name).toBe(false)
    }
  })
})

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

  test('the same seed gives the same result', () => {
    const run = (seed: number) => gradcheck(x => sin(x), random([7], 3), { seed, order: 2 })
    expect(run(4)).toEqual(run(4))
    expect(run(4).worst).not.toBe(run(5).worst)
  })

  test('inputs are left as they were, also when they are parameters', () => {
    const x = tensor(new Float64Array([1, 2]), { requiresGrad: true })
    gradcheck(t => exp(t), x)
    expect([x.toArray(), x.version, x.released]).toEqual([[1, 2], 0, false])
  })
})

describe('a failure says', () => {
  const wrong = (x: Tensor): Tensor => {
    const square = mul(x, x)
    // One element of the gradient is off: d (x_ij)^2 loses its factor 2 at [1, 2].
    const here = noGrad(() =>
      tensor(
        [
          [0, 0, 0],
          [0, 0, 1],
        ],
        { dtype: 'float64' },
      ),
    )
    return square.sub(mul(here, square.sub(stopGradient(square)).mul(0.5)))
  }

  test('which element of which input, by both methods, and how to see it again', () => {
    const x = f64([
      [1, 2, 3],
      [4, 5, 6],
    ])
    const failure = failureOf(() =>
      gradcheck(({ w }) => wrong(w), { w: x }, { seed: 9, path: 'case 12', name: 'square' }),
    )
    expect(failure).toMatchObject({
      kind: 'wrong',
      name: 'square',
      order: 1,
      input: 'w',
      seed: 9,
      path: 'case 12',
      step: 2 ** -12,
    })
    expect(failure.elements.length).toBe(1)
    const [element] = failure.elements
    expect(element).toMatchObject({
      output: 'f',
      outputIndex: [1, 2],
      input: 'w',
      inputIndex: [1, 2],
      analytic: 6,
    })
    expect(element.numeric).toBeCloseTo(12, 8)
    expect(() =>
      gradcheck(({ w }) => wrong(w), { w: x }, { seed: 9, path: 'case 12', name: 'square' }),
    ).toThrow(
      /gradcheck: square: order 1: the gradient in w: .* by differences expected, got .*; d f\[1,2\] \/ d w\[1,2\] is 12.*, got 6.*\[step 0.000244140625, seed 9, path case 12\]/,
    )
  })

  test('where the function has a kink or a jump', () => {
    expect(failureOf(() => gradcheck(relu, f64([0, 1]))).nonSmooth).toBe(true)
    expect(failureOf(() => gradcheck(x => relu(x), f64([1e-4, 1]))).nonSmooth).toBe(true)
    expect(
      failureOf(() => gradcheck(x => mul(x, greater(x, 0)).add(greater(x, 0)), f64([1e-5, 1]))).nonSmooth,
    ).toBe(true)
    expect(failureOf(() => gradcheck(x => clamp(x, -1, 1), f64([1, 0.5]))).nonSmooth).toBe(true)
    expect(failureOf(() => gradcheck(x => wrong(x), random([2, 3], 1))).nonSmooth).toBe(false)
  })

  test('that zeros prove nothing', () => {
    expect(failureOf(() => gradcheck(x => mul(x, 0), f64([1, 2]))).kind).toBe('negligible')
    expect(failureOf(() => gradcheck(x => stopGradient(mul(x, 0).add(3)), f64([1, 2]))).kind).toBe(
      'negligible',
    )
    expect(failureOf(() => gradcheck(() => f64([1]), f64([1, 2]))).kind).toBe('negligible')
    // One input may have no say, as long as another has.
    expect(gradcheck(({ x }) => exp(x), { x: f64([1]), unused: f64([1, 2]) }, { order: 2 }).cases).toBe(4 + 6)
  })

  test('that a gradient is missing altogether', () => {
    expect(failureOf(() => gradcheck(x => stopGradient(exp(x)), f64([1]))).kind).toBe('wrong')
    expect(failureOf(() => gradcheck(x => exp(x).mul(stopGradient(x)), f64([1]))).kind).toBe('wrong')
  })

  test('what is not finite', () => {
    expect(failureOf(() => gradcheck(x => sqrt(x), f64([1, -1])))).toMatchObject({
      kind: 'nonfinite',
      detail: 'NaN in element 1 of f[2]',
    })
    expect(failureOf(() => gradcheck(x => sqrt(x), f64([0, 1]))).detail).toMatch(
      /Infinity in element 0 of the gradient in x\[2\]/,
    )
    expect(failureOf(() => gradcheck(x => sqrt(x), f64([1e-5, 1]))).detail).toMatch(
      /NaN in element 0 of the differences along x/,
    )
  })

  test('what a rule threw, a gradient of a wrong shape among it', () => {
    const flat = defineOp({
      name: 'flat',
      signature: 'x[...] -> [...]',
      equation: 'x',
      domain: { x: reals },
      examples: [],
      compose: ({ x }) => mul(x, 1),
      vjp: { x: dz => dz.reshape([-1]) },
    })
    const failure = failureOf(() => gradcheck(x => apply(flat, { x }), f64([[1, 2]]), { path: 3 }))
    expect(failure).toMatchObject({ kind: 'threw', path: '3' })
    expect(failure.detail).toBe('flat: the vjp of x gives [2], but x is [1,2]')
  })

  test('an error of f itself is passed on as it is', () => {
    expect(() =>
      gradcheck(
        () => {
          throw new RangeError('mine')
        },
        f64([1]),
      ),
    ).toThrow(new RangeError('mine'))
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
      /gradcheck: input x is a tensor, got object/,
    ],
    [
      'no tensor as value',
      () => gradcheck(() => 3 as unknown as Tensor, f64([1])),
      /gradcheck: f's value is a tensor, got number/,
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
      /gradcheck: 1 direction or more expected, got 0/,
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
