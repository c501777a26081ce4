import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { reshape } from '../../engine/index.ts'
import { type Embedding, embedFiles } from '../../examples/image-sets/embedFiles.ts'
import { evaluateLfw, loadLfw } from '../../examples/image-sets/lfw.ts'
import { evaluateReid, loadReid } from '../../examples/image-sets/reid.ts'
import { dukeMtmcReid, market1501 } from '../../models/index.ts'
import { jpegOf, type Paint, pngOf, write } from '../support/imageFiles.ts'
import { temporaryFolder } from '../support/temporaryFolder.ts'

/** Pixels as they are. */
const pixels: Embedding = x => reshape(x, [x.shape[0], x.size / x.shape[0]])

/** A stripe at a place of its own for each person, a little brighter in each image. */
const person =
  (place: number, shade = 0): Paint =>
  (_, x) =>
    Math.floor(x / 8) === place ? [200 + shade, 180, 160] : [20, 20 + shade, 30]

describe('a small LFW', () => {
  const root = temporaryFolder()
  const people = ['Ada_Lovelace', 'Alan_Turing', 'Grace_Hopper']
  people.forEach((name, i) => {
    for (const n of [1, 2, 3]) {
      const [path, paint] = [join(root, name, `${name}_000${n}`), person(i, 5 * n)]
      if (n < 3) write(`${path}.jpg`, jpegOf(24, 24, paint))
      else write(`${path}.png`, pngOf(24, 24, paint))
    }
  })
  const sets = [
    [
      'Ada_Lovelace\t1\t2',
      'Alan_Turing\t1\t3',
      'Ada_Lovelace\t1\tAlan_Turing\t2',
      'Alan_Turing\t3\tGrace_Hopper\t1',
    ],
    [
      'Grace_Hopper\t2\t3',
      'Ada_Lovelace\t2\t3',
      'Ada_Lovelace\t3\tGrace_Hopper\t2',
      'Ada_Lovelace\t1\tAlan_Turing\t1',
    ],
  ]
  write(join(root, 'pairs.txt'), ['2\t2', ...sets.flat(), ''].join('\n'))

  test('pixels tell these people apart in both folds', async () => {
    const lfw = loadLfw(root)
    expect(lfw.files.filter(file => file.endsWith('.png')).length).toBe(3)
    expect(Array.from(lfw.folds)).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
    const figures = await evaluateLfw(pixels, lfw, { batch: 2 })
    expect([figures.accuracy.mean, figures.accuracy.standardError, figures.auc]).toEqual([1, 0, 1])
    // An embedding that is the same for all is right of one kind only.
    const blind = await evaluateLfw(x => reshape(pixels(x).mul(0), [x.shape[0], 24 * 24 * 3]), lfw)
    expect([blind.accuracy.mean, blind.auc]).toEqual([0.5, 0.5])
  })

  test('the size of the batches changes nothing, and progress is told', async () => {
    const { files } = loadLfw(root)
    const done: number[] = []
    const small = await embedFiles(pixels, files, { batch: 4, channels: 1, onProgress: n => done.push(n) })
    expect(small).toEqual(await embedFiles(pixels, files, { channels: 1 }))
    expect(done).toEqual([4, 8, 9])
    await expect(embedFiles(x => x, files)).rejects.toThrow(
      'embedFiles: [9,D] expected of the embedding, got [9,24',
    )
  })

  test('a list as Windows writes it, in UTF-16 or with a byte order mark', () => {
    const text = ['2\t2', ...sets.flat(), '', ''].join('\r\n')
    write(join(root, 'utf16.txt'), Buffer.from(`\uFEFF${text}`, 'utf16le'))
    write(join(root, 'marked.txt'), `\uFEFF${text}`)
    for (const list of ['utf16.txt', 'marked.txt']) {
      expect(loadLfw(root, join(root, list))).toEqual(loadLfw(root))
    }
  })

  test('all files that cannot be read are named at once, and none is embedded for nothing', async () => {
    const bad = [join(root, 'bad', '1.jpg'), join(root, 'bad', '2.png')]
    write(bad[0], 'no image')
    write(bad[1], pngOf(4, 4, person(0)).subarray(0, 50))
    const { files } = loadLfw(root)
    let embedded = 0
    const counting: Embedding = x => {
      embedded += x.shape[0]
      return pixels(x)
    }
    const list = [...files.slice(0, 2), bad[0], ...files.slice(2), bad[1]]
    const run = embedFiles(counting, list, { batch: 2 })
    await expect(run).rejects.toThrow(/embedFiles: 2 of 11 files cannot be read:\n.*1\.jpg.*\n.*2\.png/)
    expect(embedded).toBe(2)
  })

  test('what is missing is named', () => {
    expect(() => loadLfw(root, join(root, 'none.txt'))).toThrow(/a list of pairs expected at .*none\.txt/)
    write(join(root, 'two.txt'), '1\nAda_Lovelace 1 4\nAda_Lovelace 1 Alan_Turing 7\n')
    expect(() => loadLfw(root, join(root, 'two.txt'))).toThrow(
      /loadLfw: 2 of 3 files cannot be read:\n.*Ada_Lovelace_0004.*\n.*Alan_Turing_0007/,
    )
    write(join(root, 'dev.txt'), '1\nAda_Lovelace 1 4\nAda_Lovelace 1 Alan_Turing 1\n')
    expect(() => loadLfw(root, join(root, 'dev.txt'))).toThrow(
      /loadLfw: an image expected at .*Ada_Lovelace_0004\.jpg or \.png, got no such file/,
    )
  })
})

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
