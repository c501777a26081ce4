import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, randn } from '../../engine/index.ts'
import {
  type Answer,
  exactStore,
  Gallery,
  loadGallery,
  logisticCalibration,
} from '../../models/recognition/index.ts'
import { at, cosine, rowsOf } from '../models/embeddings.ts'
import { check } from '../support/property.ts'

const D = 6
const float64 = { dtype: 'float64' } as const
/** float32's rounding of a cosine of six products. */
const CLOSE = 1e-6

/** What is done to a gallery, and to a plain record of who has which images and of what quality. */
type Images = { x: number[]; quality: number }[]
interface Step {
  readonly kind: 'add' | 'update' | 'remove'
  readonly who: number
  readonly images: number
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('add', 'add', 'add', 'update', 'remove'),
    who: fc.integer({ min: 0, max: 4 }),
    images: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 14 },
)

async function played(gallery: Gallery, list: readonly Step[], seed: number): Promise<Map<string, Images>> {
  const rng = generator(seed)
  const record = new Map<string, Images>()
  for (const { kind, who, images } of list) {
    const name = `p${who}`
    if (kind !== 'add' && !record.has(name)) {
      await expect(kind === 'update' ? gallery.update(name, at(0)) : gallery.remove(name)).rejects.toThrow(
        `${kind}: an identity of the gallery expected, got "${name}"`,
      )
    } else if (kind === 'remove') {
      record.delete(name)
      await gallery.remove(name)
    } else {
      const x = randn([images, D], rng, float64)
      const quality = Array.from({ length: images }, () => rng.uniform(0.5, 2))
      const added = rowsOf(x).map((row, i) => ({ x: row, quality: quality[i] }))
      record.set(name, [...(kind === 'add' ? (record.get(name) ?? []) : []), ...added])
      await gallery[kind](name, x, { quality })
    }
  }
  return record
}

const unit = (row: readonly number[]): number[] => row.map(v => v / Math.hypot(...row))

/** The score of an identity by its definition. */
function scoreOf(images: Images, query: number[], templates: 'mean' | 'apart'): number {
  if (templates === 'apart') return Math.max(...images.map(({ x }) => cosine(query, x)))
  const mean = query.map((_, d) => images.reduce((sum, { x, quality }) => sum + quality * unit(x)[d], 0))
  return cosine(query, mean)
}

describe.each(['mean', 'apart'] as const)('a gallery with templates %s', templates => {
  test('answers what its definition says, whatever was added, changed and removed before', async () => {
    await check(
      fc.asyncProperty(steps, fc.nat(), fc.integer({ min: 1, max: 6 }), async (list, seed, k) => {
        const gallery = new Gallery({ dimension: D, templates })
        const record = await played(gallery, list, seed)
        expect([...gallery.identities].sort()).toEqual([...record.keys()].sort())
        for (const [name, images] of record) expect(gallery.images(name)).toBe(images.length)
        const queries = randn([3, D], generator(seed + 1), float64)
        const answers = await gallery.identify(queries, { threshold: 0.4, k })
        for (const [i, query] of rowsOf(queries).entries()) {
          const scores = [...record.values()]
            .map(images => scoreOf(images, query, templates))
            .sort((p, q) => q - p)
          const answer = answers[i]
          expect(answer.candidates.length).toBe(Math.min(k, record.size))
          for (const [j, { identity, score }] of answer.candidates.entries()) {
            expect(Math.abs(score - scores[j])).toBeLessThan(CLOSE)
            expect(Math.abs(scoreOf(record.get(identity)!, query, templates) - score)).toBeLessThan(CLOSE)
          }
          expect(answer.identity).toBe(answer.score >= 0.4 ? answer.candidates[0].identity : undefined)
          if (record.size >= 2)
            expect(Math.abs(answer.margin - (scores[0] - scores[1]))).toBeLessThan(2 * CLOSE)
          else expect(answer.margin).toBe(Infinity)
        }
        gallery.dispose()
      }),
      30,
    )
  })

  test('saved and loaded it answers the same, to the last digit, and goes on the same', async () => {
    await check(
      fc.asyncProperty(steps, fc.nat(), async (list, seed) => {
        const gallery = new Gallery({ dimension: D, templates })
        const record = await played(gallery, list, seed)
        const bytes = await gallery.save()
        const loaded = await loadGallery(bytes)
        expect(await loaded.save()).toEqual(bytes)
        const query = randn([2, D], generator(seed + 1))
        const both = [gallery, loaded]
        const answers: Answer[][] = []
        for (const one of both) {
          const [name] = record.keys()
          if (name !== undefined) await one.add(name, randn([1, D], generator(seed + 2)))
          await one.add('new', randn([2, D], generator(seed + 3)))
          answers.push(await one.identify(query, { threshold: 0, k: 9 }))
        }
        expect(answers[1]).toEqual(answers[0])
      }),
      15,
    )
  })
})

test('calls that are not awaited are done in turn', async () => {
  const gallery = new Gallery({ dimension: 2 })
  const calls = [
    gallery.add('a', at(0)),
    gallery.add('b', at(90)),
    gallery.remove('a'),
    gallery.add('a', at(45)),
  ]
  const [answer] = await gallery.identify(at(50), { threshold: 0.9 })
  await Promise.all(calls)
  expect([answer.identity, gallery.identities]).toEqual(['a', ['b', 'a']])
})

test('somebody unknown, the margin, and a probability, by hand', async () => {
  const gallery = new Gallery({ dimension: 2 })
  await gallery.add('anna', at(0))
  await gallery.add('ben', at(90))
  const calibration = logisticCalibration({ same: Float64Array.of(0.9), different: Float64Array.of(0.1) })
  const [near, between] = await gallery.identify(at(10, 40), { threshold: 0.9, k: 2, calibration })
  const cos = (degrees: number) => Math.cos((degrees * Math.PI) / 180)
  expect(near.identity).toBe('anna')
  expect(near.score).toBeCloseTo(cos(10), 6)
  expect(near.margin).toBeCloseTo(cos(10) - cos(80), 6)
  expect(near.probability).toBe(calibration.probability(near.score))
  expect(between.identity).toBeUndefined()
  expect(between.candidates.map(({ identity }) => identity)).toEqual(['anna', 'ben'])
  const empty = await new Gallery({ dimension: 2 }).identify(at(0), { threshold: -1 })
  expect(empty).toEqual([
    { identity: undefined, score: -Infinity, margin: Infinity, probability: undefined, candidates: [] },
  ])
})

test('a mean is nearer to images of higher quality', async () => {
  const gallery = new Gallery({ dimension: 2 })
  await gallery.add('a', at(0, 90), { quality: [3, 1] })
  const [{ score }] = await gallery.identify(at(0), { threshold: 0 })
  // Accepts nobody.
  const [none] = await gallery.identify(at(0), { threshold: Infinity })
  expect(none.identity).toBe(undefined)
  expect(score).toBeCloseTo(3 / Math.hypot(3, 1), 6)
})

test('more vectors than a block, some of them removed, are found as all others', async () => {
  const [n, d] = [9000, 4]
  const store = exactStore(d)
  const rng = generator(0)
  const vectors = Array.from({ length: n }, () =>
    Float32Array.from(unit(Array.from({ length: d }, () => rng.normal()))),
  )
  await store.put(
    vectors.map((_, i) => i),
    vectors,
  )
  const gone = Array.from({ length: 2000 }, (_, i) => 3 * i)
  await store.search(vectors.slice(0, 1), 1)
  await store.remove([...gone, n + 1])
  const asked = [1, 2, 4, 5000, 8999]
  const found = await store.search(
    asked.map(key => vectors[key]),
    2,
  )
  expect(found.map(([first]) => first.key)).toEqual(asked)
  for (const neighbors of found)
    expect(neighbors.every(({ key }) => !(key % 3 === 0 && key < 6000))).toBe(true)
  expect(await store.get([8999, 1])).toEqual([vectors[8999], vectors[1]])
  await expect(store.get([0])).rejects.toThrow('exactStore: a key that is stored expected, got 0')
  store.dispose?.()
})

describe('the report', () => {
  test('names images that are there twice, and those nearer to another identity', async () => {
    const gallery = new Gallery({ dimension: 2, templates: 'apart' })
    await gallery.add('anna', at(0, 5, 80), { names: ['a0.jpg', 'a5.jpg', 'wrong.jpg'] })
    await gallery.add('ben', at(90, 85), { names: ['b90.jpg', 'b85.jpg'] })
    await gallery.add('carl', at(84.99), { names: ['c.jpg'] })
    const { duplicates, suspects } = await gallery.report({ duplicate: 0.9999 })
    expect(duplicates.map(({ a, b }) => [a.image, b.image])).toEqual([['b85.jpg', 'c.jpg']])
    const wrong = suspects.find(({ image }) => image === 'wrong.jpg')!
    expect([suspects[0].image, wrong.identity]).toEqual(['wrong.jpg', 'anna'])
    expect(wrong.own).toBeCloseTo(Math.cos((75 * Math.PI) / 180), 5)
    // Those of anna's own are nearer to each other; carl has one image, and nothing to compare it with.
    expect(suspects.map(({ image }) => image).sort()).toEqual(['b85.jpg', 'wrong.jpg'])
  })

  test('of means names people who are there twice', async () => {
    const gallery = new Gallery({ dimension: 2 })
    await gallery.add('anna', at(0, 2))
    await gallery.add('anne', at(1))
    await gallery.add('ben', at(60))
    const { duplicates, suspects } = await gallery.report()
    expect(duplicates).toMatchObject([
      { a: { identity: 'anna', image: undefined }, b: { identity: 'anne', image: '0' } },
    ])
    expect(suspects).toEqual([])
  })
})

describe('refusals', () => {
  const gallery = new Gallery({ dimension: 2 })
  test.each<[string, () => unknown, string]>([
    [
      'dimension',
      () => new Gallery({} as never),
      'Gallery: dimension as an integer >= 1 expected, got undefined',
    ],
    [
      'dim',
      () => new Gallery({ dim: 2 } as never),
      'Gallery: there is no option dim, did you mean dimension?',
    ],
    [
      'templates',
      () => new Gallery({ dimension: 2, templates: 'max' as never }),
      'Gallery: templates as one of mean, apart expected',
    ],
    ['a name', () => gallery.add(7 as never, at(0)), 'add: identity as a name expected, got 7'],
    ['another length', () => gallery.add('a', [[1, 2, 3]]), 'add: x[N,2] expected, got D = 3'],
    [
      'no direction',
      () =>
        gallery.add('a', [
          [1, 2],
          [0, 0],
        ]),
      'add: embeddings with a direction expected, got 0 in row 1',
    ],
    ['not finite', () => gallery.add('a', [[Number.NaN, 0]]), 'add: x[N,D] of finite numbers expected'],
    [
      'opposite',
      () =>
        gallery.add('a', [
          [1, 0],
          [-1, 0],
        ]),
      'add: images of a with a mean direction expected, got a mean of 0',
    ],
    [
      'quality',
      () => gallery.add('a', at(0), { quality: [0] }),
      'add: quality as finite numbers above 0, for row 0 expected, got 0',
    ],
    ['names', () => gallery.add('a', at(0), { names: [] }), 'add: 1 names expected, one a row of x, got 0'],
    [
      'threshold',
      () => gallery.identify(at(0), {} as never),
      'identify: threshold as a number expected, got undefined',
    ],
    [
      'a threshold in percent',
      () => gallery.identify(at(0), { threshold: 80 }),
      'identify: threshold as a cosine of at most 1 expected, got 80',
    ],
    [
      'k',
      () => gallery.identify(at(0), { threshold: 0, k: 0 }),
      'identify: k as an integer >= 1 expected, got 0',
    ],
    [
      'bytes',
      () => loadGallery(new Uint8Array(4), { file: 'g' }),
      'loadGallery: g: at least 8 bytes expected, got 4',
    ],
  ])('%s', async (_, call, message) => {
    await expect((async () => call())()).rejects.toThrow(message)
    expect(gallery.identities).toEqual([])
  })

  test('bytes of a newer version, or cut anywhere', async () => {
    const full = new Gallery({ dimension: 2 })
    await full.add('anna', at(0))
    const bytes = await full.save()
    const text = new TextDecoder('latin1').decode(bytes)
    const newer = Uint8Array.from(text.replace('"version":"1"', '"version":"2"'), c => c.charCodeAt(0))
    await expect(loadGallery(newer)).rejects.toThrow('loadGallery: version 1 of a gallery expected, got 2')
    for (let end = 0; end < bytes.length; end++)
      await expect(loadGallery(bytes.slice(0, end))).rejects.toThrow(/^loadGallery: .* expected/)
  })
})
