import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { reshape } from '../../engine/index.ts'
import { evaluateReid, loadReid } from '../../examples/image-sets/reid.ts'
import type { Embedding } from '../../models/images/index.ts'
import { dukeMtmcReid, market1501 } from '../../models/index.ts'
import { jpegOf, type Paint, write } from '../support/imageFiles.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

/** Pixels as they are. */
const pixels: Embedding = x => reshape(x, [x.shape[0], x.size / x.shape[0]])

/** A stripe at a place of its own for each person, a little brighter in each image. */
const person =
  (place: number, shade = 0): Paint =>
  (_, x) =>
    Math.floor(x / 8) === place ? [200 + shade, 180, 160] : [20, 20 + shade, 30]

describe.each([
  [market1501, (id: string, camera: number, n: number) => `${id}_c${camera}s1_00000${n}_01.jpg`],
  [dukeMtmcReid, (id: string, camera: number, n: number) => `${id}_c${camera}_f000000${n}.jpg`],
])('a small $name', (format, name) => {
  const root = temporaryFolder()
  const images = {
    bounding_box_train: [['0003', 1, 1]],
    query: [
      ['0001', 1, 1],
      ['0002', 2, 1],
    ],
    // Junk and a distractor that look just as the query 0001; its own camera; its match. Of 0002 one match.
    bounding_box_test: [
      ['-1', 2, 1],
      ['0001', 1, 2],
      ['0001', 2, 3],
      ['0000', 2, 1],
      ['0002', 1, 5],
    ],
  } as const
  const place = (id: string): number => (id === '-1' || id === '0000' ? 1 : Number(id) % 3)
  for (const [folder, list] of Object.entries(images)) {
    for (const [id, camera, n] of list) {
      // Images of different sizes, as DukeMTMC-reID's are.
      write(join(root, folder, name(id, camera, n)), jpegOf(24 + 8 * n, 24, person(place(id), n)))
    }
  }
  write(join(root, 'bounding_box_test', 'Thumbs.db'), 'no image')
  write(join(root, 'bounding_box_test', `._${name('0001', 1, 2)}`), 'what a Mac adds')
  write(join(root, 'bounding_box_test', name('0003', 1, 7), 'Thumbs.db'), 'a folder named like an image')

  test('identities and cameras of the names, and the figures of pixels', async () => {
    const counts = { train: 1, query: 2, gallery: 5 }
    const data = loadReid(root, format, counts)
    expect(Array.from(data.gallery.ids)).toEqual([-1, 0, 1, 1, 2])
    expect(Array.from(data.gallery.cameras)).toEqual([2, 2, 1, 2, 1])
    const size = { height: 24, width: 24 }
    const figures = await evaluateReid(pixels, data, { size })
    // 0001: the distractor first, then the match: precisions 0 and 1/2. 0002: the match first.
    expect(figures).toMatchObject({
      queries: 2,
      rank1: 0.5,
      rank5: 1,
      mAP: (0.25 + 1) / 2,
      mAPStep: (0.5 + 1) / 2,
    })
    // The distance as it was, and nothing of the neighbours.
    expect(await evaluateReid(pixels, data, { size, rerank: { lambda: 1 } })).toEqual(figures)
    await expect(evaluateReid(pixels, data, { size, rerank: { k1: 0 } })).rejects.toThrow('reid: rerank: k1')
  })

  test('missing folders, wrong counts and malformed names are refused', () => {
    expect(() => loadReid(join(root, 'query'), format)).toThrow(
      /loadReid: a folder expected at .*bounding_box_train/,
    )
    expect(() => loadReid(root, format, format.counts)).toThrow(
      new RegExp(`loadReid: ${format.counts.train} images expected in .*bounding_box_train, got 1`),
    )
    const bad = temporaryFolder()
    write(join(bad, 'bounding_box_train', 'portrait.jpg'), '')
    expect(() => loadReid(bad, format)).toThrow(`${format.name}: a name such as ${format.form} expected`)
  })
})
