import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  drawShare,
  type FaceSet,
  imagesOf,
  isWhole,
  writeContainers,
} from '../../examples/faces/files/set.ts'
import { counts, FULL, pairsOf, QUICK, type Size } from '../../examples/faces/people.ts'
import { recordIo, verificationBin } from '../../models/images/index.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

const TINY: Size = { identities: 3, most: 3, least: 2, strangers: 20, views: 2, pairs: 10 }

const whole = { part: 0, of: 1 }

const filesOf = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true }) as string[]).filter(name => name.endsWith('.jpg')).sort()

const bytesOf = (folder: string): string[] =>
  filesOf(folder).map(name => readFileSync(join(folder, name)).toString('base64'))

describe('a set of drawn people', () => {
  it('has more than 20,000 images of 10,000 people, a long tail', () => {
    const sizes = counts(FULL)
    expect(sizes).toHaveLength(10_000)
    expect(sizes.reduce((a, b) => a + b, 0)).toBeGreaterThan(20_000)
    expect(sizes.every((n, k) => k === 0 || n <= sizes[k - 1])).toBe(true)
    expect([sizes[0], sizes.at(-1)]).toEqual([FULL.most, FULL.least])
  })

  it('is parted into shares that have all images together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), of => {
        const set: FaceSet = { folder: '', size: QUICK, seed: 0 }
        const shares = Array.from({ length: of }, (_, part) => imagesOf(set, { part, of }))
        expect(shares.reduce((a, b) => a + b, 0)).toBe(imagesOf(set, whole))
      }),
    )
  })

  it('has in each tenth of its pairs people of that fold alone, two of them or one', () => {
    fc.assert(
      fc.property(fc.nat(1000), seed => {
        const pairs = pairsOf(QUICK, seed)
        expect(pairs).toHaveLength(2 * QUICK.pairs)
        const foldOf = (image: number): number =>
          Math.floor((10 * Math.floor(image / QUICK.views)) / QUICK.strangers)
        pairs.forEach(({ first, second, same }, p) => {
          const fold = Math.floor((10 * p) / pairs.length)
          expect([foldOf(first), foldOf(second)]).toEqual([fold, fold])
          expect(first).not.toBe(second)
          expect(Math.floor(first / QUICK.views) === Math.floor(second / QUICK.views)).toBe(same)
        })
      }),
      { numRuns: 5 },
    )
  })

  it('is the same in folders, .rec and .bin, and the same again where a part was lost', async () => {
    const folder = temporaryFolder()
    const set: FaceSet = { folder, size: TINY, seed: 5 }
    expect(isWhole(set)).toBe(false)
    for (const part of [0, 1]) drawShare(set, { part, of: 2 }, () => true)
    writeContainers(set)
    expect(isWhole(set)).toBe(true)
    expect(isWhole({ ...set, seed: 6 })).toBe(false)

    const images = recordIo(join(folder, 'train.rec'))
    expect([...images.labels]).toEqual(counts(TINY).flatMap((n, k) => new Array<number>(n).fill(k)))
    const train = bytesOf(join(folder, 'train'))
    expect(images.length).toBe(train.length)
    for (let i = 0; i < images.length; i++) {
      expect(Buffer.from(await images.read(i)).toString('base64')).toBe(train[i])
    }
    await images.close()

    const tests = verificationBin(join(folder, 'strangers.bin'))
    const strangers = bytesOf(join(folder, 'strangers'))
    for (const [p, { first, second, same }] of pairsOf(TINY, 5).entries()) {
      expect(tests.pairs[p].same).toBe(same)
      for (const [k, image] of [first, second].entries()) {
        expect(Buffer.from(await tests.images.read(2 * p + k)).toString('base64')).toBe(strangers[image])
      }
    }
    await tests.images.close()

    rmSync(join(folder, 'train', '00001'), { recursive: true })
    drawShare(set, whole, () => true)
    expect(bytesOf(join(folder, 'train'))).toEqual(train)
  })
})
