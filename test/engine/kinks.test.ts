import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Backend, DType } from '../../engine/backends/backend.ts'
import { BACKENDS } from '../../engine/backends/registry.ts'
import {
  abs,
  acos,
  acosh,
  asin,
  atan2,
  backend as backendNamed,
  clamp,
  exp,
  grad,
  leakyRelu,
  log,
  logSumExp,
  max,
  maximum,
  maxPool2d,
  min,
  minimum,
  mul,
  norm,
  normalize,
  pow,
  prelu,
  relu,
  reshape,
  rsqrt,
  sign,
  softmax,
  sqrt,
  sum,
  type Tensor,
  tensor,
  where,
} from '../../engine/index.ts'
import { check } from '../support/property.ts'

/** f at a kink or an end of its domain: its value, and its derivatives from the first to the fourth. */
interface Kink {
  readonly name: string
  readonly f: (x: Tensor) => Tensor
  readonly at: number
  readonly value: number
  readonly derivatives: readonly number[]
}

/** The number x as a row [x, x + d, ..]. */
const rowOf = (x: Tensor, ...offsets: number[]): Tensor =>
  x.add(tensor(offsets, { dtype: x.dtype, backend: x.backend }))
const slope = (x: Tensor): Tensor => tensor(0.25, { dtype: x.dtype, backend: x.backend })
const factorial = (n: number, k: number): number => (k === 0 ? 1 : n * factorial(n - 1, k - 1))

const powers: Kink[] = [0, 1, 2, 3, 4].map(n => ({
  name: `x^${n} at 0`,
  f: x => pow(x, n),
  at: 0,
  value: n === 0 ? 1 : 0,
  derivatives: [1, 2, 3, 4].map(k => (k === n ? factorial(n, n) : 0)),
}))

const KINKS: readonly Kink[] = [
  ...powers,
  { name: 'x^0 at 2', f: x => pow(x, 0), at: 2, value: 1, derivatives: [0, 0, 0, 0] },
  { name: 'x^0 at 1e-30', f: x => pow(x, 0), at: 1e-30, value: 1, derivatives: [0, 0, 0, 0] },
  {
    name: 'x^1 at 1e-30',
    f: x => pow(x, 1),
    at: 1e-30,
    value: Math.fround(1e-30),
    derivatives: [1, 0, 0, 0],
  },
  { name: 'x^-1 at 2', f: x => pow(x, -1), at: 2, value: 0.5, derivatives: [-0.25, 0.25, -0.375, 0.75] },
  {
    name: 'e^(x^0) x^2 at 0',
    f: x => mul(exp(pow(x, 0)), mul(x, x)),
    at: 0,
    value: 0,
    derivatives: [0, 2 * Math.E, 0, 0],
  },
  {
    name: 'x^1/2 at 0',
    f: x => pow(x, 0.5),
    at: 0,
    value: 0,
    derivatives: [Infinity, -Infinity, Infinity, -Infinity],
  },
  { name: 'sqrt at 0', f: sqrt, at: 0, value: 0, derivatives: [Infinity, -Infinity, Infinity, -Infinity] },
  {
    name: 'rsqrt at 0',
    f: rsqrt,
    at: 0,
    value: Infinity,
    derivatives: [-Infinity, Infinity, -Infinity, Infinity],
  },
  {
    name: 'log at 0',
    f: log,
    at: 0,
    value: -Infinity,
    derivatives: [Infinity, -Infinity, Infinity, -Infinity],
  },
  { name: 'acos at 1', f: acos, at: 1, value: 0, derivatives: [-Infinity, -Infinity, -Infinity, -Infinity] },
  {
    name: 'acos at -1',
    f: acos,
    at: -1,
    value: Math.PI,
    derivatives: [-Infinity, Infinity, -Infinity, Infinity],
  },
  {
    name: 'asin at 1',
    f: asin,
    at: 1,
    value: Math.PI / 2,
    derivatives: [Infinity, Infinity, Infinity, Infinity],
  },
  {
    name: 'acosh at 1',
    f: acosh,
    at: 1,
    value: 0,
    derivatives: [Infinity, -Infinity, Infinity, -Infinity],
  },
  { name: 'atan2 at the origin', f: x => atan2(x, mul(x, 2)), at: 0, value: 0, derivatives: [0, 0, 0, 0] },
  {
    name: 'atan2 far away, where squares overflow',
    f: x => atan2(mul(x, 1e30), 1e30),
    at: 1,
    value: Math.PI / 4,
    derivatives: [0.5, -0.5, 0.5, 0],
  },
  { name: 'abs', f: abs, at: 0, value: 0, derivatives: [0, 0, 0, 0] },
  { name: 'x sign x', f: x => mul(x, sign(x)), at: 0, value: 0, derivatives: [0, 0, 0, 0] },
  { name: 'relu', f: relu, at: 0, value: 0, derivatives: [0, 0, 0, 0] },
  { name: 'relu of a square', f: x => relu(mul(x, x)), at: 0, value: 0, derivatives: [0, 0, 0, 0] },
  { name: 'leakyRelu', f: x => leakyRelu(x, 0.25), at: 0, value: 0, derivatives: [0.25, 0, 0, 0] },
  { name: 'prelu', f: x => prelu(x, slope(x)), at: 0, value: 0, derivatives: [0.25, 0, 0, 0] },
  {
    name: 'prelu in its slope',
    f: x => prelu(slope(x).mul(0), x),
    at: 2,
    value: 0,
    derivatives: [0, 0, 0, 0],
  },
  { name: 'clamp below', f: x => clamp(x, 0.5, 1), at: 0.5, value: 0.5, derivatives: [1, 0, 0, 0] },
  { name: 'clamp above', f: x => clamp(x, 0.5, 1), at: 1, value: 1, derivatives: [1, 0, 0, 0] },
  { name: 'maximum', f: x => maximum(x, 0.5), at: 0.5, value: 0.5, derivatives: [0.5, 0, 0, 0] },
  { name: 'minimum', f: x => minimum(mul(x, x), 0.25), at: 0.5, value: 0.25, derivatives: [0.5, 1, 0, 0] },
  { name: 'max', f: x => max(rowOf(x, 0, -1, 0)), at: 0, value: 0, derivatives: [1, 0, 0, 0] },
  {
    name: 'min',
    f: x => min(mul(rowOf(x, 0, 0), rowOf(x, 0, 0))),
    at: 0,
    value: 0,
    derivatives: [0, 2, 0, 0],
  },
  {
    name: 'maxPool2d',
    f: x => sum(maxPool2d(reshape(mul(rowOf(x, 0, 0), rowOf(x, 0, 1)), [1, 1, 2, 1]), [1, 2])),
    at: 0,
    value: 0,
    derivatives: [0, 2, 0, 0],
  },
  { name: 'norm', f: x => norm(reshape(x, [1])), at: 0, value: 0, derivatives: [0, 0, 0, 0] },
  { name: 'norm of two', f: x => norm(rowOf(x, 0, 0)), at: 0, value: 0, derivatives: [0, 0, 0, 0] },
  { name: 'normalize', f: x => normalize(rowOf(x, 0, 0)).sum(), at: 0, value: 0, derivatives: [0, 0, 0, 0] },
  {
    name: 'normalize without an eps',
    f: x => normalize(rowOf(x, 0, 0), { eps: 0 }).sum(),
    at: 0,
    value: 0,
    derivatives: [0, 0, 0, 0],
  },
  {
    name: 'logSumExp beside -Infinity',
    f: x => logSumExp(rowOf(x, 0, -Infinity)),
    at: 0.5,
    value: 0.5,
    derivatives: [1, 0, 0, 0],
  },
  {
    name: 'softmax beside -Infinity',
    f: x => sum(mul(softmax(mul(rowOf(x, 0, 0, -Infinity), 1)), rowOf(x, 0, 0, 0))),
    at: 0.5,
    value: 0.5,
    derivatives: [1, 0, 0, 0],
  },
]

describe.each(BACKENDS.filter(row => ['reference', 'wasm'].includes(row.name)))('$name', row => {
  it.each(KINKS)('$name: four derivatives', async kink => {
    const backend: Backend = await row.create()
    for (const dtype of ['float64', 'float32'] as const) {
      if (backend.dtypes.includes(dtype)) check(derivativesOf(kink, backend, dtype), 10)
    }
  })
})

/** Each order with a cotangent of its own, by which the next is scaled. */
function derivativesOf({ f, at, value, derivatives }: Kink, backend: Backend, dtype: DType) {
  const cotangent = fc.integer({ min: 1, max: 63 }).map(i => i / 32)
  const sized = fc.array(cotangent, { minLength: derivatives.length, maxLength: derivatives.length })
  return fc.property(sized, scales => {
    const x = tensor(at, { dtype, backend, requiresGrad: true })
    let z = f(x)
    // A few roundings of numbers up to 20, and the kernels' own of exp and pow.
    const tolerance = dtype === 'float64' ? 1e-13 : 1e-4
    expectNear(z.item(), value, tolerance)
    let scale = 1
    for (const [k, derivative] of derivatives.entries()) {
      scale *= scales[k]
      if (!z.requiresGrad) {
        expect(derivative, `order ${k + 1}: no gradient`).toBe(0)
        continue
      }
      z = grad(z, x, tensor(scales[k], { dtype, backend }))
      expectNear(z.item(), derivative * scale, tolerance, `order ${k + 1}`)
    }
  })
}

function expectNear(actual: number, expected: number, tolerance: number, what = 'value'): void {
  if (actual === expected) return
  expect(Math.abs(actual - expected), `${what}: ${actual} for ${expected}`).toBeLessThan(tolerance)
}

describe('where', () => {
  it('keeps an infinite cotangent out of the branch that is not taken', () => {
    const [x, y] = [1, 2].map(v => tensor([v, v], { requiresGrad: true }))
    const grads = grad(where(tensor([1, 0]), x, y), { x, y }, tensor([Infinity, -Infinity]))
    expect(grads.x.toArray()).toEqual([Infinity, 0])
    expect(grads.y.toArray()).toEqual([0, -Infinity])
  })
})

describe('norm', () => {
  const exponents = fc.double({ min: -323, max: 300, noNaN: true })

  it.each([
    ['reference', 'float64', 5e-324, 1e300, 1e-8],
    ['reference', 'float32', 1.5e-45, 1e30, 1e-6],
    ['wasm', 'float32', 1.5e-45, 1e30, 1e-6],
  ] as const)(
    'has the gradient x / ‖x‖ down to the smallest numbers, on %s in %s',
    (name, dtype, low, high, tolerance) => {
      const place = { dtype, backend: backendNamed(name) }
      check(
        fc.property(exponents, fc.integer({ min: 1, max: 8 }), (exponent, n) => {
          const one = Math.min(Math.max(10 ** exponent, low), high)
          const x = tensor(new Float64Array(n).fill(one), { ...place, requiresGrad: true })
          const length = norm(x, { keepDims: true })
          const dx = grad(length, x, tensor([-1.5], place))
          // A length among the smallest numbers is a whole multiple of the smallest.
          const times = one < low * 1e9 ? length.sum().item() / x.dataSync()[0] : Math.sqrt(n)
          for (const g of dx.dataSync()) expectNear(g, -1.5 / times, tolerance)
        }),
      )
    },
  )

  it.each([1e-12, 1e-13, 1e-20, 1e-160, 1e-300])('of [3, 4] times %d has the gradient [0.6, 0.8]', by => {
    const x = tensor(Float64Array.of(3 * by, 4 * by), { requiresGrad: true })
    const dx = [...grad(norm(x), x).dataSync()]
    expectNear(dx[0], 0.6, 1e-14)
    expectNear(dx[1], 0.8, 1e-14)
  })
})
