import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  acos,
  asin,
  asinh,
  atan,
  atanh,
  backend,
  cos,
  cosh,
  erf,
  erfc,
  exp,
  expm1,
  gelu,
  grad,
  log1p,
  mish,
  parameter,
  sigmoid,
  silu,
  sin,
  sinh,
  softplus,
  type Tensor,
  tan,
  tanh,
  tensor,
} from '../../engine/index.ts'
import { check } from '../support/property.ts'

/** Functions of one number that have every derivative on -0.5 .. 0.5. */
const SMOOTH = {
  acos,
  asin,
  asinh,
  atan,
  atanh,
  cos,
  cosh,
  erf,
  erfc,
  exp,
  expm1,
  gelu,
  log1p,
  mish,
  sigmoid,
  silu,
  sin,
  sinh,
  softplus,
  tan,
  tanh,
}

const place = { dtype: 'float64', backend: backend('reference') } as const
const ORDER = 4
const STEP = 1e-4

/** f(x), f'(x), .. to the fourth derivative, each the gradient of the one before. */
function derivatives(f: (x: Tensor) => Tensor, at: number): number[] {
  const x = parameter(tensor(at, place))
  let y = f(x)
  return Array.from({ length: ORDER + 1 }, (_, k) => {
    if (k > 0) y = y.requiresGrad ? grad(y, x) : tensor(0, place)
    return y.item()
  })
}

it.each(Object.entries(SMOOTH))(
  '%s: each derivative, to the fourth, is the slope of the one before',
  (_, f) => {
    const isSlope = (x: number): void => {
      const [low, own, high] = [x - STEP, x, x + STEP].map(at => derivatives(f, at))
      for (let k = 1; k <= ORDER; k++) {
        const slope = (high[k - 1] - low[k - 1]) / (2 * STEP)
        // The step leaves STEP^2 / 6 of the derivative two orders up: of the sixth of atanh at 0.5, the largest, 4e3.
        expect(Math.abs(own[k] - slope), `order ${k} at ${x}`).toBeLessThan(2e-5)
      }
    }
    // Where random inputs never lie: a rule by |x| has a kink there, which shows from the third order on.
    isSlope(0)
    check(fc.property(fc.double({ min: -0.5, max: 0.5, noNaN: true }), isSlope), 5)
  },
)
