import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backend, generator, randn, reshape, slice, type Tensor, tensor } from '../../engine/index.ts'
import { LOSSES, type Loss, type SampledClasses, triplet } from '../../losses/index.ts'
import { predict } from '../../models/evaluation/index.ts'
import { predictInBlocks } from '../../models/evaluation/predict.ts'
import { OF_PSI } from '../losses/support.ts'

const KINDS = [
  { name: 'wasm', dtype: 'float32' },
  { name: 'reference', dtype: 'float64' },
] as const
const ROWS = LOSSES.filter(row => row.margin !== 'none')
/** Those that go by angles alone: other margins refuse sampled classes. */
const SAMPLED = new Set(OF_PSI)
const [CLASSES, DIM] = [23, 5]

const cases = fc.record({
  row: fc.nat(ROWS.length - 1),
  seed: fc.nat(1000),
  n: fc.integer({ min: 1, max: 40 }),
  rows: fc.integer({ min: 4, max: 50 }),
  size: fc.integer({ min: 4, max: 30 }),
  /** With them, W is in a table. */
  sampledClasses: fc.constantFrom<SampledClasses | undefined>(undefined, { rate: 0.5, block: 7 }),
})

describe.each(KINDS)('predict of a loss and embeddings, on $name', ({ name, dtype }) => {
  const place = { backend: backend(name), dtype }

  test('is that of all logits, whatever the blocks, for every loss', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ row, seed, n, rows, size, sampledClasses }) => {
        const loss = ROWS[row].create({
          classes: CLASSES,
          dim: DIM,
          seed,
          ...place,
          ...(sampledClasses && SAMPLED.has(ROWS[row]) && { sampledClasses }),
        })
        const rng = generator(seed)
        const x = randn([n, DIM], rng, place)
        loss.update(
          x,
          Array.from({ length: n }, () => rng.integer(0, CLASSES - 1)),
        )
        const whole = loss.logits(x)
        for (const { begin, end, logits } of loss.logitsInBlocks!(size)) {
          expect([...logits(x).dataSync()]).toEqual([...slice(whole, [0, begin], [n, end]).dataSync()])
        }
        const expected = await predict(whole)
        expect(await predictInBlocks(loss, x, rows, size)).toEqual(expected)
        expect(await predict(loss, x)).toEqual(expected)
      }),
      { numRuns: 60 },
    )
  })
})

/** Classifies by these logits, so many columns at a time. */
const given = (z: Tensor): Pick<Loss, 'logits' | 'logitsInBlocks'> => ({
  logits: () => z,
  *logitsInBlocks(size) {
    for (let begin = 0; begin < z.shape[1]; begin += size) {
      const end = Math.min(z.shape[1], begin + size)
      yield { begin, end, logits: () => slice(z, [0, begin], [z.shape[0], end]) }
    }
  },
})

describe('predict in blocks', () => {
  const x = reshape(tensor([1, 2]), [2, 1])
  const [inf, nan] = [Infinity, Number.NaN]

  test('takes the first of equals, also of two blocks', async () => {
    const z = tensor([
      [1, 3, 3, 3],
      [0, -inf, 2, 2],
    ])
    expect([...(await predictInBlocks(given(z), x, 2, 2))]).toEqual([1, 2])
  })

  test('refuses what is no number, and a row whose classes are all masked', async () => {
    const of = (z: number[][]) => predictInBlocks(given(tensor(z)), x, 2, 2)
    await expect(
      of([
        [1, 2, 3],
        [4, 5, nan],
      ]),
    ).rejects.toThrow('predict: logits[N,C] of finite numbers expected, got others in row 1: NaN in column 2')
    await expect(
      of([
        [1, inf, 3],
        [4, 5, 6],
      ]),
    ).rejects.toThrow('in row 0: Infinity in column 1')
    await expect(
      of([
        [1, 2, 3],
        [-inf, -inf, -inf],
      ]),
    ).rejects.toThrow('got -Infinity in all of row 1')
  })

  test('refuses a loss without embeddings or without logits', async () => {
    const loss = ROWS[0].create({ classes: 2, dim: 1 })
    await expect(predict(loss as never)).rejects.toThrow('predict: a loss and embeddings x[N,D] expected')
    await expect(predict(triplet() as never, randn([2, 1], generator(0)))).rejects.toThrow(
      'predict: a loss with logits before x expected, got the function triplet (nearestClassMean classifies',
    )
  })
})
