import { expect, test } from 'vitest'
import {
  attention,
  backend,
  broadcastTo,
  generator,
  grad,
  randn,
  resize,
  type Tensor,
} from '../../engine/index.ts'

const f64 = { backend: backend('reference'), dtype: 'float64' } as const

test('a mask with one entry for all queries, or for all keys, is that of each', () => {
  const rng = generator(0)
  const [q, k, v] = [
    [2, 3, 4, 5],
    [2, 3, 6, 5],
    [2, 3, 6, 2],
  ].map(shape => randn(shape, rng, f64))
  for (const shape of [
    [2, 1, 1, 6],
    [2, 1, 4, 1],
    [1, 6],
    [4, 1],
    [1, 1],
  ]) {
    const mask = randn(shape, rng, { ...f64, requiresGrad: true })
    const whole = broadcastTo(mask, [2, 3, 4, 6])
    const dz = randn([2, 3, 4, 2], rng, f64)
    const numbers = (z: Tensor) => [z, grad(z, mask, dz)].map(t => Array.from(t.dataSync()))
    const [given, expected] = [mask, whole].map(m => numbers(attention(q, k, v, { mask: m })).flat())
    // Sums of at most 144 terms of size 1, in another order.
    given.forEach((z, i) => {
      expect(Math.abs(z - expected[i])).toBeLessThan(1e-12)
    })
  }
})

test('bicubic with antialias has the coefficient of Pillow by default, as PyTorch', () => {
  const x = randn([1, 8, 9, 2], generator(1), f64)
  const options = { size: [3, 4], mode: 'bicubic', antialias: true } as const
  const values = (z: Tensor) => Array.from(z.dataSync())
  expect(values(resize(x, options))).toEqual(values(resize(x, { ...options, cubicCoefficient: -0.5 })))
})
