import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { grad, softmaxCrossEntropy, tensor } from '../../engine/index.ts'
import { subjects } from '../support/backends.ts'
import { check } from '../support/property.ts'

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN]
const half = Math.LN2
/** softmax [0, 1] */
const [p, q] = [1 / (1 + Math.E), Math.E / (1 + Math.E)]

/** Logits, target, loss and gradient as PyTorch's cross_entropy has them (softmax z less one at the target). */
const ROWS: readonly [z: number[], y: number, loss: number, gradient: number[]][] = [
  [[0, -inf], 1, inf, [1, -1]],
  [[0, -inf], 0, 0, [0, 0]],
  [[0, 0, -inf], 0, half, [-0.5, 0.5, 0]],
  [[0, 1, -inf], 2, inf, [p, q, -1]],
  [[0, 1, -inf, -inf], 1, -Math.log(q), [p, q - 1, 0, 0]],
  [[5, -inf, -inf, -inf, -inf], 4, inf, [1, 0, 0, 0, -1]],
  [[-inf, -inf], 0, nan, [nan, nan]],
  [[0, inf], 0, nan, [nan, nan]],
  [[0, inf], 1, nan, [nan, nan]],
  [[inf, -inf], 1, nan, [nan, nan]],
  [[0, nan], 0, nan, [nan, nan]],
  [[nan, 0, 0, 0, 0, 0], 1, nan, [nan, nan, nan, nan, nan, nan]],
  [[-3e38, 3e38], 0, inf, [-1, 1]],
  [[1000, 1000], 1, half, [0.5, -0.5]],
  [[20, 0], 0, Math.log1p(Math.exp(-20)), [-Math.exp(-20), Math.exp(-20)]],
]

const near = (actual: number, expected: number, tolerance: number, what: string): void => {
  if (Object.is(actual, expected) || actual === expected) return
  expect(Math.abs(actual - expected), `${what}: ${actual} for ${expected}`).toBeLessThan(tolerance)
}

describe.each(subjects())('softmaxCrossEntropy on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it.each(ROWS)('%j at class %i', async (z, y, loss, gradient) => {
    const x = tensor([z], { backend, requiresGrad: true })
    const l = softmaxCrossEntropy(x, tensor([[y]], { dtype: 'int32', backend }))
    // float32's 6e-8, a few times over.
    near((await l.data())[0], loss, 1e-6, 'loss')
    const dx = await grad(l, x, tensor([-1.5], { backend })).data()
    gradient.forEach((g, j) => {
      near(dx[j], -1.5 * g, 1e-6, `gradient ${j}`)
    })
  })

  it('leaves a class of -Infinity out of the first and second gradients, and so those of fewer classes', async () => {
    await check(
      fc.asyncProperty(
        fc.array(fc.double({ min: -4, max: 4, noNaN: true }), { minLength: 2, maxLength: 6 }),
        fc.nat(1000),
        fc.nat(1000),
        async (logits, at, target) => {
          const y = target % logits.length
          const place = at % (logits.length + 1)
          const [fewer, more] = [logits, logits.toSpliced(place, 0, -inf)]
          const label = place <= y ? y + 1 : y
          const expected = await derivatives(fewer, y, backend)
          const actual = (await derivatives(more, label, backend)).map(g => g.toSpliced(place, 1))
          expect(await removed(more, label, place, backend)).toEqual([0, 0])
          actual.forEach((g, order) => {
            g.forEach((v, j) => {
              near(v, expected[order][j], 1e-5, `order ${order}, ${j}`)
            })
          })
        },
      ),
      10,
    )
  })
})

/** The gradient in z, and that of <it, c> for some c. */
async function derivatives(z: readonly number[], y: number, backend: Backend): Promise<number[][]> {
  const x = tensor([[...z]], { backend, requiresGrad: true })
  const l = softmaxCrossEntropy(x, tensor([[y]], { dtype: 'int32', backend }))
  const g = grad(l, x, tensor([0.75], { backend }))
  // A cotangent that depends on the logit, not on its place.
  const c = z.map(v => (v === -inf ? 1.25 : Math.sin(3 * v)))
  const h = grad(g, x, tensor([c], { backend }))
  return [[...(await g.data())], [...(await h.data())]]
}

const removed = async (z: readonly number[], y: number, place: number, backend: Backend): Promise<number[]> =>
  (await derivatives(z, y, backend)).map(g => Math.abs(g[place]))
