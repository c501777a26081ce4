import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generator, randn } from '../../../engine/index.ts'
import { confusionReport } from '../../../models/watch/confusionReport.ts'
import { confusions } from '../../../models/watch/confusions.ts'
import { projectorFiles } from '../../../models/watch/projector.ts'

const angles = (degrees: readonly number[]): number[][] =>
  degrees.map(d => [Math.cos((d * Math.PI) / 180), Math.sin((d * Math.PI) / 180)])

describe('confusions', () => {
  it('counts by hand', async () => {
    // 0: 0, 10; 1: 14, 80; 2: 180, 181. Nearer to another are 10 (14 is 4 off, its own 0 is 10) and 14 (10; its own 80 is 66 off).
    const found = await confusions(angles([0, 10, 14, 80, 180, 181]), [0, 0, 1, 1, 2, 2])
    expect(found.map(({ a, b, errors, images, rows }) => ({ a, b, errors, images, rows }))).toEqual([
      { a: 0, b: 1, errors: 2, images: 4, rows: [1, 2] },
      { a: 1, b: 2, errors: 0, images: 4, rows: [3, 4] },
    ])
    expect(found[0].cosine).toBeCloseTo(Math.cos((4 * Math.PI) / 180), 6)
  })

  it('has each image that is nearer to another identity, once, whatever the order of the rows', async () => {
    const cases = fc.record({
      seed: fc.integer(),
      n: fc.integer({ min: 2, max: 30 }),
      classes: fc.integer({ min: 1, max: 6 }),
    })
    await fc.assert(
      fc.asyncProperty(cases, async ({ seed, n, classes }) => {
        const rng = generator(seed)
        const x = randn([n, 3], rng)
        const y = Array.from({ length: n }, () => rng.integer(0, classes - 1))
        const rows = Array.from({ length: n }, (_, i) => Array.from(x.slice([i], [i + 1]).dataSync()))
        const cos = (a: number[], b: number[]): number => {
          const dot = (p: number[], q: number[]): number => p.reduce((s, v, k) => s + v * q[k], 0)
          return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
        }
        const errors = rows.filter((row, i) => {
          const best = (own: boolean): number =>
            Math.max(
              ...rows.map((other, j) => (j !== i && (y[j] === y[i]) === own ? cos(row, other) : -Infinity)),
            )
          return best(true) > -Infinity && best(false) > best(true)
        }).length
        const found = await confusions(x, y, { top: 100 })
        expect(found.reduce((sum, { errors }) => sum + errors, 0)).toBe(errors)
        const order = rng.permutation(n)
        const turned = await confusions(
          Array.from(order, i => rows[i]),
          Array.from(order, i => y[i]),
          { top: 100 },
        )
        const told = (list: typeof found) =>
          list.map(({ a, b, errors, images }) => [a, b, errors, images].join()).sort()
        expect(told(turned)).toEqual(told(found))
      }),
      { numRuns: 40 },
    )
  })
})

describe('confusionReport', () => {
  it('has both images of each pair, and nothing of a name is markup', async () => {
    const pairs = await confusions(angles([0, 10, 14, 80]), [0, 0, 1, 1])
    const page = confusionReport(pairs, { image: row => `photos/${row}.jpg"`, name: i => `<b>${i}&` })
    expect(page).toContain('<img src="photos/1.jpg&quot;"')
    expect(page).toContain('<img src="photos/2.jpg&quot;"')
    expect(page).toContain('&lt;b&gt;0&amp;')
    expect(page).toContain('2 of 4 images nearer to the other; nearest cosine 0.998')
    expect(page).not.toContain('<b>')
    expect(() => confusionReport(pairs, {} as never)).toThrow(
      'confusionReport: image as a function expected, got undefined',
    )
  })
})

describe('projectorFiles', () => {
  it('has every number again, and a head only of two columns or more', async () => {
    const x = randn([4, 3], generator(1))
    const one = await projectorFiles(x, { name: ['a', 'b\tc', 'd\ne', 'f'] })
    const read = one['vectors.tsv']
      .trimEnd()
      .split('\n')
      .map(line => line.split('\t').map(Number))
    expect(read.flat()).toEqual(Array.from(x.dataSync()))
    expect(one['metadata.tsv']).toBe('a\nb c\nd e\nf\n')
    const two = await projectorFiles(x, { name: ['a', 'b', 'c', 'd'], age: [1, 2, 3, 4] })
    expect(two['metadata.tsv']).toBe('name\tage\na\t1\nb\t2\nc\t3\nd\t4\n')
    await expect(projectorFiles(x, { name: ['a'] })).rejects.toThrow(
      'projectorFiles: 4 entries of name expected, got 1',
    )
    for (const list of [['a', 'b', 'c', 'd'], Int32Array.of(1, 2, 3, 4)]) {
      await expect(projectorFiles(x, list as never)).rejects.toThrow(
        'projectorFiles: metadata as columns by name expected, got',
      )
    }
    await expect(projectorFiles(x, {})).rejects.toThrow('at least one column of metadata expected, got none')
  })
})
