import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Backend, generator, randn, tensor } from '../../engine/index.ts'
import {
  classMeans,
  nearestClassMean,
  pairScores,
  predict,
  retrieval,
  search,
} from '../../models/evaluation/index.ts'
import { subjects } from '../support/backends.ts'
import { check } from '../support/property.ts'

describe.each(subjects())('evaluation on $name', ({ create }) => {
  let backend: Backend
  beforeAll(async () => {
    backend = await create()
  })

  it('refuses a NaN or an Infinity wherever it stands, and names the row', async () => {
    const odd = fc.constantFrom(Number.NaN, Infinity, -Infinity)
    await check(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(),
        odd,
        async (n, d, at, value) => {
          const values = Float32Array.from(randn([n, d], generator(at)).dataSync())
          const good = tensor(values, { shape: [n, d], backend })
          values[at % values.length] = value
          const x = tensor(values, { shape: [n, d], backend })
          const y = Array.from({ length: n }, (_, i) => i % 2)
          const row = `row ${Math.floor((at % values.length) / d)}`
          await expect(retrieval(x, y)).rejects.toThrow(row)
          await expect(pairScores(x, y)).rejects.toThrow(row)
          await expect(search(good, x)).rejects.toThrow(row)
          await expect(nearestClassMean(x, good)).rejects.toThrow(row)
          await expect(nearestClassMean(good, x)).rejects.toThrow(row)
          if (value !== -Infinity || d === 1) await expect(predict(x)).rejects.toThrow(row)
          if (backend.synchronous) expect(() => classMeans(x, y, 2)).toThrow(row)
          else
            await expect(nearestClassMean(good, classMeans(x, y, 2))).rejects.toThrow(
              'nearestClassMean: means',
            )
        },
      ),
      10,
    )
  })

  it('predicts around classes that are masked', async () => {
    const logits = tensor(
      [
        [-Infinity, -2, 1, -3],
        [5, -Infinity, -Infinity, -Infinity],
      ],
      { backend },
    )
    expect(Array.from(await predict(logits))).toEqual([2, 0])
  })
})
