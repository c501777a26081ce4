import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import { gelu, grad, sum, type Tensor, tensor } from '../../engine/index.ts'
import { subjects } from '../support/backends.ts'

/** Points of [-8, 8] that float32 holds. */
const POINTS = Float64Array.from({ length: 2049 }, (_, i) => (i - 1024) / 128)

/**
 * In the tail the result is e^-u with u up to 32, or 49 by the tanh form, rounded three times on its way: 3e-8 each
 * times u.
 */
const TOLERANCE = 1e-5
/**
 * Gradients cross 0 near the middle, and above it their sigmoid rounds near 1: there they are off by such roundings, 6e-8
 * times the slope of u, 4 and more. Below nothing cancels.
 */
const ABOVE = { from: -3.5, absolute: 1e-6 }

/** gelu, its gradient, and the gradient of that, at all points. */
function orders(backend: Backend, dtype: 'float32' | 'float64', tanh: boolean): Tensor[] {
  const x = tensor(POINTS, { backend, dtype, requiresGrad: true })
  const y = gelu(x, { tanh })
  const dy = grad(sum(y), { x }).x
  return [y, dy, grad(sum(dy), { x }).x]
}

describe.each(subjects())('gelu in float32 on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each([
    ['erf', false],
    ['tanh', true],
  ])('keeps its digits in the tail, and so do its gradients, by %s', async (_, byTanh) => {
    const exact = orders(reference, 'float64', byTanh).map(t => t.dataSync())
    const actual = await Promise.all(orders(backend, 'float32', byTanh).map(t => t.data()))
    actual.forEach((values, order) => {
      values.forEach((y, i) => {
        const [x, right] = [POINTS[i], exact[order][i]]
        const some = order > 0 && x > ABOVE.from ? ABOVE.absolute : 0
        if (Math.abs(y - right) <= 3 ** order * TOLERANCE * Math.abs(right) + some) return
        expect.fail(`order ${order} at ${x}: ${right} expected, got ${y}, off by ${y / right - 1}`)
      })
    })
  })

  it('is what mathematics has at -5', async () => {
    const near = async (tanh: boolean, right: number) => {
      const [y] = await gelu(tensor([-5], { backend }), { tanh }).data()
      expect(Math.abs(y / right - 1)).toBeLessThan(TOLERANCE)
    }
    await near(false, -1.4332578593959407e-6)
    await near(true, -2.2917962241146107e-7)
  })
})
