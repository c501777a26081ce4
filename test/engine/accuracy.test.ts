import * as fc from 'fast-check'
import { beforeAll, describe, expect, it, test } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { argmax, equal, Generator, grad, less, mean, randn, tensor } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { subjects } from '../support/backends.ts'
import { f64 } from '../support/numbers.ts'
import { check } from '../support/property.ts'

describe.each(subjects())('$name', ({ create, runs }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it('accuracy is one line, whatever holds the labels', async () => {
    await check(
      fc.asyncProperty(seeds(), async seed => {
        const rng = new Generator(seed)
        const [n, classes] = [rng.integer(1, 40), rng.integer(1, 5)]
        const x = randn([n, classes], rng, { backend })
        const labels = Int32Array.from({ length: n }, () => rng.integer(0, classes - 1))
        const values = await x.data()
        const right = labels.filter((y, i) => {
          const row = [...values.subarray(i * classes, (i + 1) * classes)]
          return row.indexOf(Math.max(...row)) === y
        }).length
        const forms = [
          labels,
          [...labels],
          Uint8Array.from(labels),
          tensor(labels, { backend }),
        ] as Int32Array[]
        for (const y of forms) {
          for (const accuracy of [
            mean(equal(argmax(x), y)),
            argmax(x).equal(y).mean(),
            mean(equal(y, argmax(x))),
          ]) {
            // A quotient rounded to float32.
            expect((await accuracy.data())[0]).toBeCloseTo(right / n, 6)
          }
        }
      }),
      runs,
    )
  })

  it('astype stays on the backend, and drops fractions towards 0', async () => {
    const x = tensor([-2.75, -0.5, 0, 0.5, 1234.5], { backend })
    const whole = x.astype('int32')
    expect([whole.dtype, whole.backend]).toEqual(['int32', backend])
    expect(Array.from(await whole.data())).toEqual([-2, 0, 0, 0, 1234].map(v => v + 0))
    const back = whole.astype('float32')
    expect(Array.from(await back.mul(0.5).data(), v => v + 0)).toEqual([-1, 0, 0, 0, 617])
    expect(Array.from(await less(whole, [0, 1, 0, 1, 2000]).data())).toEqual([1, 1, 0, 1, 1])
    expect(x.astype('float32').dtype).toBe('float32')
    for (const t of [x, whole, back]) t.dispose()
  })

  it.each([Number.NaN, Infinity, -3e9])(
    'int32 refuses %d, where the device answers later when it is read',
    async v => {
      const x = tensor([1, v], { backend })
      await expect((async () => x.astype('int32').data())()).rejects.toThrow(
        /int32 .*, got (NaN|-?Infinity|-3000000000)/,
      )
    },
  )
})

test('astype carries gradients between floats, and none to int32', () => {
  const x = tensor([1.5, 2.5], { backend: f64([1]).backend, requiresGrad: true })
  const y = x.astype('float64')
  const dx = grad(y.mul(y).sum(), x)
  expect([dx.dtype, dx.toArray()]).toEqual(['float32', [3, 5]])
  expect(x.astype('int32').requiresGrad).toBe(false)
})

test('what does not fit says how to convert', () => {
  const y = tensor([1, 0])
  expect(() =>
    equal(
      argmax(
        tensor([
          [1, 2],
          [2, 1],
        ]),
      ),
      y,
    ),
  ).toThrow(/astype\('int32'\) converts/)
  expect(() => mean(tensor([1], { dtype: 'int32' }))).toThrow(/astype\('float32'\) converts/)
  expect(() => y.astype('float64')).toThrow(/^astype: backend wasm holds float32, int32, got float64/)
  expect(() => y.astype('half' as never)).toThrow(/^astype: dtype as one of float32, float64, int32/)
  expect(() => equal(y.astype('int32'), [0.5, 1])).toThrow(/^equal: int32 holds integers/)
})
