import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, matmul, randn, type Tensor, tensor } from '../../engine/index.ts'
import { auc, pairScores, retrieval, similarities, tarAtFar } from '../../models/evaluation/index.ts'

const float64 = { dtype: 'float64' } as const

describe('what must not matter', () => {
  const figures = async (x: Tensor, y: number[], cameras: number[]) => {
    const pairs = await pairScores(x, y, cameras)
    const { cmc, mAP } = await retrieval(x, y, { cameras })
    // -1 for what has no pairs or no queries.
    return [auc(pairs), tarAtFar(pairs, 0.1), mAP, ...cmc].map(f => (Number.isNaN(f) ? -1 : f))
  }

  test('the order of the rows, and a rotation of the space', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async seed => {
        const rng = generator(seed)
        const x = randn([14, 2], rng, float64)
        const y = Array.from({ length: 14 }, () => rng.integer(0, 2))
        const cameras = Array.from({ length: 14 }, () => rng.integer(0, 5))
        const expected = await figures(x, y, cameras)
        const order = Array.from(rng.permutation(14))
        const rows = x.toArray<number[][]>()
        const shuffled = tensor(
          order.map(i => rows[i]),
          float64,
        )
        const angle = rng.uniform(0, 7)
        const [c, s] = [Math.cos(angle), Math.sin(angle)]
        const turned = matmul(
          x,
          tensor(
            [
              [c, s],
              [-s, c],
            ],
            float64,
          ),
        )
        const take = (list: number[]): number[] => order.map(i => list[i])
        const [a, b] = [await figures(shuffled, take(y), take(cameras)), await figures(turned, y, cameras)]
        expected.forEach((figure, k) => {
          // Sums of the same terms in another order; ranks are equal, for random rows do not nearly tie.
          expect(a[k]).toBeCloseTo(figure, 13)
          expect(b[k]).toBeCloseTo(figure, 13)
        })
      }),
    )
  })

  test('the height of the blocks', async () => {
    const x = randn([7, 3], generator(1), float64)
    const values = async (size: number): Promise<number[]> => {
      const all: number[] = []
      for await (const { start, rows, cosines } of similarities(x, x, size)) {
        expect([start * 7, cosines.length]).toEqual([all.length, rows * 7])
        all.push(...cosines)
      }
      return all
    }
    expect(await values(1)).toEqual(await values(1000))
    expect((await values(15)).length).toBe(49)
  })
})
