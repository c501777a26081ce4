import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Generator, generator, type State } from '../../engine/index.ts'
import { type CenterOptions, classCenters, type Prototypes } from '../../losses/index.ts'
import { onReference } from '../support/onReference.ts'
import { draw, farthest, seeds, values } from './support.ts'

onReference()

const ESTIMATORS: readonly CenterOptions[] = [
  { estimator: 'ema', alpha: 0.3 },
  { estimator: 'ema', alpha: 0.2, cumulativeMean: true },
  { estimator: 'exact', refreshEvery: 2 },
  { estimator: 'centerLoss' },
  { estimator: 'sphere', batchMean: true },
  { estimator: 'accumulate' },
  { estimator: 'empirical' },
  { estimator: 'memoryBank', window: 3 },
]

const [DIM, N] = [3, 6]

/** The rule over tables, whose parts are of `block` rows, and as ever. */
function pairOf(
  seed: number,
  options: CenterOptions,
  block = 2,
): { classes: number; table: Prototypes; dense: Prototypes } {
  const classes = generator(seed).integer(3, 9)
  const setting = { classes, dim: DIM, dtype: 'float64', seed, ...options } as const
  return {
    classes,
    dense: classCenters('dense', setting),
    table: classCenters('table', setting, undefined, { size: classes, block }),
  }
}

function follow(rule: Prototypes, rng: Generator, classes: number): void {
  const y = Array.from({ length: N }, () => rng.integer(0, classes - 1))
  const x = draw(rng, [N, DIM])
  rule.update(x, y)
  if (rule.refreshEvery > 0) rule.refresh(x, y)
}

const bits = ({ tensors }: State) =>
  Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, [[...t.shape], values(t)]]))

describe.each(ESTIMATORS.map(options => [options.estimator as string, options] as const))(
  '%s',
  (_, options) => {
    it('follows the embeddings in tables as in tensors, bit for bit, and has the same prototypes', () => {
      fc.assert(
        fc.property(seeds, fc.boolean(), fc.integer({ min: 1, max: 4 }), (seed, subtractMean, block) => {
          const { classes, table, dense } = pairOf(seed, { ...options, subtractMean }, block)
          const [a, b] = [generator(seed), generator(seed)]
          for (let i = 0; i < 5; i++) {
            expect(bits(table.state())).toEqual(bits(dense.state()))
            // Rounding of the sum that is kept of all centres.
            expect(farthest(table.W, dense.W)).toBeLessThan(subtractMean ? 1e-12 : Number.MIN_VALUE)
            follow(table, a, classes)
            follow(dense, b, classes)
          }
        }),
        { numRuns: 20 },
      )
    })

    it('goes on from its state, and from that of tensors', () => {
      fc.assert(
        fc.property(seeds, seed => {
          const { classes, table, dense } = pairOf(seed, options)
          const [a, b] = [generator(seed), generator(seed)]
          for (let i = 0; i < 3; i++) {
            follow(table, a, classes)
            follow(dense, b, classes)
          }
          const [again, taken] = [table, dense].map(({ state }) => {
            const other = pairOf(seed, { ...options }).table
            other.load(state())
            return other
          })
          expect(again.state().values).toEqual(table.state().values)
          expect(bits(taken.state())).toEqual(bits(dense.state()))
          expect(values(again.W)).toEqual(values(table.W))
          follow(table, generator(1), classes)
          follow(again, generator(1), classes)
          expect(values(again.W)).toEqual(values(table.W))
        }),
        { numRuns: 10 },
      )
    })

    it('is put back to what it was, whatever was written since, and tells what it was', () => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 0, max: 3 }), (seed, count) => {
          const { classes, table } = pairOf(seed, options)
          const rng = generator(seed)
          follow(table, rng, classes)
          const [before, then] = [bits(table.state()), table.snapshot!()]
          const { values: numbers } = table.state()
          for (let i = 0; i < count; i++) follow(table, rng, classes)
          expect(bits(then.state())).toEqual(before)
          expect(then.state().values).toEqual(numbers)
          then.putBack()
          expect(bits(table.state())).toEqual(before)
          expect(table.state().values).toEqual(numbers)
          then.release()
        }),
        { numRuns: 10 },
      )
    })
  },
)

describe('centres in tables', () => {
  it('are left out where absent classes move too, or a gradient flows through', () => {
    for (const options of [{ estimator: 'sphere', momentum: 0.5 }, { differentiate: true }] as const) {
      const { table } = pairOf(0, options)
      expect(table.snapshot).toBeUndefined()
      expect(table.forClasses).toBeUndefined()
    }
  })

  it('tell of a number that is not finite', () => {
    const { table, classes } = pairOf(0, {})
    const x = draw(generator(0), [1, DIM])
    table.update(x.mul(Number.NaN), [classes - 1])
    expect(values(table.snapshot!().tensors.centers)).toEqual([Number.NaN])
  })

  it('refuse a total that is no list of D numbers', () => {
    const { table } = pairOf(0, {})
    const { tensors } = table.state()
    for (const total of [[1, 2], 'x', [1, 2, '3']]) {
      expect(() => table.load({ tensors, values: { total } })).toThrow(/total as 3 numbers/)
    }
  })
})
