import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  classAware,
  identityBalanced,
  instances,
  type Sampler,
  type Sampling,
} from '../../models/data/samplers.ts'
import { check } from '../support/property.ts'

/** Labels of a data set with some classes missing, and a batch that fits into it. */
const sets = fc
  .record({ y: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 60 }), seed: fc.nat() })
  .chain(({ y, seed }) =>
    fc.record({
      y: fc.constant(Int32Array.from(y)),
      seed: fc.constant(seed),
      size: fc.integer({ min: 1, max: y.length }),
    }),
  )

const take = (sampler: Sampler, batches: number): number[][] =>
  Array.from({ length: batches }, () => [...sampler.next()])

/** P classes by K samples, as the set allows. */
const balancedFor = (y: Int32Array, size: number): Sampling => {
  const classes = new Set(y).size
  const samples = Array.from({ length: size }, (_, i) => i + 1).find(
    k => size % k === 0 && size / k <= classes,
  )!
  return identityBalanced({ samples })
}

const SAMPLINGS: readonly [string, (y: Int32Array, size: number) => Sampling][] = [
  ['instances', () => instances()],
  ['classAware', () => classAware()],
  ['identityBalanced', balancedFor],
]

describe.each(SAMPLINGS)('%s', (_, sampling) => {
  it('draws full batches of samples of the set, the same ones from the same seed', () => {
    check(
      fc.property(sets, ({ y, size, seed }) => {
        const batches = take(sampling(y, size)(y, size, seed), 5)
        expect(batches.every(b => b.length === size && b.every(i => i >= 0 && i < y.length))).toBe(true)
        expect(take(sampling(y, size)(y, size, seed), 5)).toEqual(batches)
      }),
    )
  })

  it('goes on from its state, wherever that was taken', () => {
    check(
      fc.property(sets, fc.integer({ min: 0, max: 7 }), ({ y, size, seed }, steps) => {
        const sampler = sampling(y, size)(y, size, seed)
        take(sampler, steps)
        const state = JSON.parse(JSON.stringify(sampler.state()))
        const rest = take(sampler, 6)
        const other = sampling(y, size)(y, size, seed + 1)
        other.load(state)
        expect(take(other, 6)).toEqual(rest)
      }),
    )
  })

  it('refuses a state that is not its own', () => {
    const y = Int32Array.from([0, 1, 0, 1])
    const sampler = sampling(y, 2)(y, 2, 1)
    const state = sampler.state()
    for (const name of Object.keys(state)) {
      expect(() => sampler.load({ ...state, [name]: 'text' })).toThrow('Batches: ')
    }
    expect(() => sampler.load({ ...state, more: 1 })).toThrow('unknown: more')
    expect(() => sampler.load({})).toThrow('missing')
  })
})

describe('instances', () => {
  it('shows every sample at most once an epoch, and all when batches fill it', () => {
    check(
      fc.property(sets, ({ y, size, seed }) => {
        const epoch = take(instances()(y, size, seed), Math.floor(y.length / size)).flat()
        expect(new Set(epoch).size).toBe(epoch.length)
        expect(epoch.length).toBe(y.length - (y.length % size))
      }),
    )
  })
})

describe('classAware', () => {
  it('shows each class as often as the others, and each sample as often as the others of its class', () => {
    // Sizes 90, 9 and 1: 6,000 draws give each class 2,000 within five standard deviations of 36.5.
    const y = Int32Array.from({ length: 100 }, (_, i) => (i < 90 ? 0 : i < 99 ? 4 : 7))
    const drawn = take(classAware()(y, 60, 3), 100).flat()
    for (const label of [0, 4, 7]) {
      expect(Math.abs(drawn.filter(i => y[i] === label).length - 2000)).toBeLessThan(183)
    }
    for (let i = 90; i < 99; i++) {
      // 2,000 / 9 within five standard deviations of 14.6.
      expect(Math.abs(drawn.filter(d => d === i).length - 222)).toBeLessThan(73)
    }
  })
})

describe('identityBalanced', () => {
  it('has P classes with K samples each, different ones as far as there are', () => {
    check(
      fc.property(sets, fc.integer({ min: 1, max: 5 }), ({ y, seed }, samples) => {
        const classes = new Set(y).size
        const sampler = identityBalanced({ samples })(y, classes * samples, seed)
        const [batch] = take(sampler, 1)
        const counts = new Map<number, number[]>()
        for (const i of batch) counts.set(y[i], [...(counts.get(y[i]) ?? []), i])
        expect(counts.size).toBe(classes)
        for (const [label, own] of counts) {
          expect(own.length).toBe(samples)
          const all = y.filter(other => other === label).length
          expect(new Set(own).size).toBe(Math.min(samples, all))
        }
      }),
    )
  })

  it('gives all samples of a class alike again, where it has fewer than it must show', () => {
    // Classes of 3 and of 2 samples, 7 a batch: 4 and 5 draws a batch fill them up, over 2,000 batches.
    const y = Int32Array.of(0, 0, 0, 1, 1)
    const batches = take(identityBalanced({ samples: 7 })(y, 14, 5), 2000)
    const counts = y.map((_, i) => batches.flat().filter(drawn => drawn === i).length)
    for (const [size, of] of [
      [3, counts.subarray(0, 3)],
      [2, counts.subarray(3)],
    ] as const) {
      const draws = 2000 * (7 - size)
      // Each sample once a batch, and its share of the draws, within five standard deviations.
      const room = 5 * Math.sqrt(draws * (1 / size) * (1 - 1 / size))
      for (const count of of) expect(Math.abs(count - 2000 - draws / size)).toBeLessThan(room)
    }
    // A fill is a draw of its own: the same one does not stand for all that a batch lacks.
    const kinds = new Set(batches.map(batch => [...batch].sort((a, b) => a - b).join()))
    expect(kinds.size).toBeGreaterThan(15)
  })

  it('refuses batches that it cannot fill', () => {
    const y = Int32Array.from([0, 0, 1, 1])
    expect(() => identityBalanced({ samples: 3 })(y, 4, 1)).toThrow('samples that divide the batch of 4')
    expect(() => identityBalanced({ samples: 1 })(y, 4, 1)).toThrow('at least 4 classes expected, got 2')
  })
})
