import { describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import {
  conv2d,
  conv2dInputGrad,
  conv2dWeightGrad,
  generator,
  matmul,
  type Shape,
  type Tensor,
  tensor,
  tidy,
  uniform,
} from '../../engine/index.ts'
import { gpuSubjects } from '../support/backends.ts'

const [X, W, Z] = [
  [2, 9, 7, 6],
  [3, 2, 3, 10],
  [2, 5, 5, 10],
] as const
const CONV = { stride: [2, 2], padding: [1, 2], groups: 2 } as const

/** Products of some shapes, whose kernels may be made anew for shapes that come often. */
const PRODUCTS: readonly [string, readonly [Shape, Shape], (x: Tensor, y: Tensor) => Tensor][] = [
  [
    'matmul',
    [
      [2, 5, 37],
      [37, 11],
    ],
    (x, y) => matmul(x, y),
  ],
  [
    'matmul of transposes',
    [
      [3, 37, 5],
      [3, 11, 37],
    ],
    (x, y) => matmul(x, y, { transposeA: true, transposeB: true }),
  ],
  ['conv2d', [X, W], (x, w) => conv2d(x, w, CONV)],
  ['conv2dInputGrad', [Z, W], (z, w) => conv2dInputGrad(z, w, X, CONV)],
  ['conv2dWeightGrad', [X, Z], (x, z) => conv2dWeightGrad(x, z, W, CONV)],
]

const CALLS = 6

describe.each(gpuSubjects())('$name', ({ create, tolerance }) => {
  it.each(PRODUCTS)('%s: right at each of many calls', async (_, shapes, product) => {
    const rng = generator(7)
    const backend = await create()
    for (let call = 0; call < CALLS; call++) {
      const [x, y] = shapes.map(shape =>
        uniform(shape, rng, { low: 0.5, high: 1.5, dtype: 'float64', backend: reference }),
      )
      const on = (t: Tensor, b: Backend): Tensor =>
        tensor(t.dataSync(), { shape: t.shape, dtype: 'float32', backend: b })
      const z = tidy(() => product(on(x, backend), on(y, backend)))
      const [actual, exact] = [await z.data(), product(x, y).dataSync()]
      // Of positive numbers the result is the sum of the magnitudes.
      const worst = Math.max(...Array.from(exact, (v, i) => Math.abs(actual[i] - v) / Math.max(v, 1e-6)))
      expect(worst).toBeLessThan(tolerance)
      z.dispose()
    }
    expect(backend.readbacks).toBe(CALLS)
  })
})
