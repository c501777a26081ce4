import { describe, expect, test } from 'vitest'
import { reals } from '../../../engine/domain.ts'
import {
  apply,
  clamp,
  defineOp,
  exp,
  greater,
  mul,
  noGrad,
  relu,
  sqrt,
  stopGradient,
  type Tensor,
  tensor,
} from '../../../engine/index.ts'
import { type Failure, GradcheckError, gradcheck } from '../../../engine/testing/index.ts'
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
      vjp: { x: ({ dz }) => dz.reshape([-1]) },
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
