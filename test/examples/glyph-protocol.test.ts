import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { countsOf } from '../../examples/glyph-reid/glyphs/counts.ts'
import { hash, inHashOrder } from '../../examples/glyph-reid/glyphs/hash.ts'
import { longTail, profile } from '../../examples/glyph-reid/glyphs/longTail.ts'
import { type Parts, protocol } from '../../examples/glyph-reid/glyphs/protocol.ts'
import { cut, familiesOf, TEST } from '../../examples/glyph-reid/glyphs/split.ts'
import { randomSet } from './support/randomSet.ts'

const sets = fc
  .record({
    identities: fc.integer({ min: 1, max: 60 }),
    families: fc.integer({ min: 1, max: 40 }),
    facesEach: fc.integer({ min: 1, max: 3 }),
    seed: fc.nat(99),
  })
  .map(randomSet)
const names = fc.constantFrom('natural' as const, 'controlled' as const)
const big = randomSet({ identities: 150, families: 60, facesEach: 2, seed: 1 })

describe('the hash', () => {
  test('is FNV-1a, mixed', () => {
    // Of another implementation.
    expect(['', 'font:acme', 'id:65', 'id:66', 'ж'].map(text => hash(text) * 2 ** 32)).toEqual([
      723595804, 2081455536, 157101508, 619582201, 3140660210,
    ])
  })

  test('is spread evenly, also over names that differ in their last digit', () => {
    const bins = new Array(10).fill(0)
    for (let i = 0; i < 10_000; i++) bins[Math.floor(10 * hash(`id:${i}`))]++
    // 1000 each, standard deviation 30.
    for (const n of bins) expect(Math.abs(n - 1000)).toBeLessThan(150)
  })

  test('its order is the same for items in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...'abcdefgh'], { minLength: 8 }), letters => {
        expect(inHashOrder(letters, c => c)).toEqual(inHashOrder([...'abcdefgh'], c => c))
      }),
    )
  })
})

describe('the cut', () => {
  test('gives each image to one quarter, and no identity or family to both sides', () => {
    fc.assert(
      fc.property(sets, set => {
        const images = Array.from(set.identity, (_, i) => i)
        const { train, p1, p2, closed } = cut(set, images, TEST)
        expect([...train, ...p1, ...p2, ...closed].sort((a, b) => a - b)).toEqual(images)
        const has = (list: number[], labels: Int32Array) => new Set(list.map(i => labels[i]))
        const apart = (a: Set<number>, b: Set<number>) => [...a].every(x => !b.has(x))
        expect(apart(has([...train, ...closed], set.identity), has([...p1, ...p2], set.identity))).toBe(true)
        expect(apart(has([...train, ...p1], set.family), has([...p2, ...closed], set.family))).toBe(true)
      }),
    )
  })

  test('holds out a fifth of the families and a third of the identities of at least 10', () => {
    const { p1, p2, closed } = cut(
      big,
      Array.from(big.identity, (_, i) => i),
      TEST,
    )
    const held = new Set([...p1, ...p2].map(i => big.identity[i]))
    const plain = Array.from(big.identity, (_, i) => i).filter(i => big.faces[big.face[i]].representative)
    const families = familiesOf(big, plain)
    for (const identity of held) expect(families[identity]).toBeGreaterThanOrEqual(10)
    const part = held.size / families.filter(n => n >= 10).length
    expect(part).toBeGreaterThan(0.2)
    expect(part).toBeLessThan(0.5)
    const unseen = new Set([...p2, ...closed].map(i => big.family[i]))
    expect(unseen.size).toBe(big.families.filter(name => hash(`font:${name}`) < 0.2).length)
  })
})

describe('the long tail', () => {
  test('runs from 80 to 2', () => {
    const sizes = profile(1034)
    expect([sizes[0], sizes[517], sizes[1033]]).toEqual([80, 13, 2])
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
    expect(profile(1)).toEqual([80])
    expect(profile(0)).toEqual([])
  })

  test('29 images are too few, 30 are enough', () => {
    const set = randomSet({ identities: 2, families: 100, facesEach: 1, seed: 2 })
    const of = (identity: number, n: number): number[] =>
      [...set.identity.keys()].filter(i => set.identity[i] === identity).slice(0, n)
    const taken = longTail(set, [...of(0, 29), ...of(1, 30)])
    expect(taken).toEqual(of(1, 30))
  })

  test('takes the identities of at least 30 images, in hash order, as many as the profile says', () => {
    const images = Array.from(big.identity, (_, i) => i)
    const taken = longTail(big, images)
    const count = (list: number[]): number[] =>
      big.identities.map((_, k) => list.filter(i => big.identity[i] === k).length)
    const [had, got] = [count(images), count(taken)]
    const order = inHashOrder(
      [...had.keys()].filter(k => had[k] >= 30),
      k => `tail:${big.identities[k].codePoint}`,
    )
    const sizes = profile(order.length)
    const expected = big.identities.map((_, k) =>
      had[k] < 30 ? 0 : Math.min(had[k], sizes[order.indexOf(k)]),
    )
    expect(got).toEqual(expected)
    expect(new Set(taken).size).toBe(taken.length)
  })
})

describe('the protocols', () => {
  const used = (labels: Int32Array, ...lists: Int32Array[]): Set<number> =>
    new Set(lists.flatMap(list => Array.from(list, i => labels[i])))

  test('never train on what they test: identities, families, images', () => {
    fc.assert(
      fc.property(
        sets,
        names,
        fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        (set, name, perIdentity) => {
          const outer = protocol(set, name, { perIdentity })
          const inner = outer.validation
          const check = ({ train, p1, p2, closed }: Parts, seen: Int32Array[]): void => {
            const [identities, families] = [
              used(set.identity, train, ...seen),
              used(set.family, train, ...seen),
            ]
            for (const i of [...p1, ...p2]) expect(identities.has(set.identity[i])).toBe(false)
            for (const i of [...p2, ...closed]) expect(families.has(set.family[i])).toBe(false)
            const trained = used(set.identity, train)
            for (const i of closed) expect(trained.has(set.identity[i])).toBe(true)
          }
          // The choices made on the validation images count as training too.
          check(outer, [inner.train, inner.p1, inner.p2, inner.closed])
          check(inner, [])
        },
      ),
    )
  })

  test('natural is one face a family; P1 and P2 are the same in both', () => {
    const [natural, controlled] = (['natural', 'controlled'] as const).map(name => protocol(big, name))
    for (const list of [natural.train, natural.closed, natural.p1, natural.p2]) {
      expect(Array.from(list).every(i => big.faces[big.face[i]].representative)).toBe(true)
    }
    expect([natural.p1, natural.p2]).toEqual([controlled.p1, controlled.p2])
    expect(Array.from(controlled.train).some(i => !big.faces[big.face[i]].representative)).toBe(true)
    expect(natural.p1.length * natural.p2.length * natural.closed.length).toBeGreaterThan(0)
  })

  test('perIdentity bounds the images of an identity in P1 and P2, and is no limit when it is large', () => {
    const few = protocol(big, 'controlled', { perIdentity: 4 })
    for (const list of [few.p1, few.p2]) {
      const counts = new Map<number, number>()
      for (const i of list) counts.set(big.identity[i], (counts.get(big.identity[i]) ?? 0) + 1)
      expect(Math.max(...counts.values())).toBe(4)
    }
    const all = protocol(big, 'controlled', { perIdentity: 1e9 })
    const quarters = cut(
      big,
      Array.from(big.identity, (_, i) => i),
      TEST,
    )
    expect(Array.from(all.p1)).toEqual(quarters.p1)
  })

  test('counts agree with the protocols', () => {
    const counts = countsOf(big)
    const { train } = protocol(big, 'controlled')
    expect(counts.controlled.train).toEqual({
      images: train.length,
      identities: used(big.identity, train).size,
    })
    const { many, medium, few } = counts.natural.tail
    expect(many + medium + few).toBe(counts.natural.train.identities)
  })
})
