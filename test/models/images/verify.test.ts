import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { reshape } from '../../../engine/index.ts'
import { pairCosines, verificationReport } from '../../../models/evaluation/index.ts'
import {
  type Embedding,
  embedImages,
  featureFiles,
  imageFiles,
  lfwSet,
  readImages,
  verificationBin,
  verify,
} from '../../../models/images/index.ts'
import { identification } from '../../../models/index.ts'
import { jpegOf, type Paint, pngOf, write } from '../../support/imageFiles.ts'
import { pickleOf } from '../../support/pickles.ts'
import { temporaryFolder } from '../../support/temporaryFolder.ts'

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
    const lfw = lfwSet(root)
    const names = Array.from({ length: lfw.images.length }, (_, i) => lfw.images.name(i))
    expect(names.filter(name => name.endsWith('.png')).length).toBe(3)
    expect(Array.from(lfw.folds)).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
    const { accuracy, auc, pairs, rates } = await verify(pixels, lfw, {
      batch: 2,
      flip: 'none',
      fars: [0.5, 0.1],
    })
    expect([accuracy.mean, accuracy.standardError, auc, pairs]).toEqual([1, 0, 1, { same: 4, different: 4 }])
    expect(rates.map(({ tar, allowed }) => [tar, allowed])).toEqual([
      [1, 2],
      [1, 0],
    ])
    // An embedding that is the same for all is right of one kind only.
    const blind = await verify(x => reshape(pixels(x).mul(0), [x.shape[0], 24 * 24 * 3]), lfw)
    expect([blind.accuracy.mean, blind.auc]).toEqual([0.5, 0.5])
  })

  test('the size of the batches changes nothing, and progress is told', async () => {
    const { images } = lfwSet(root)
    const done: number[] = []
    const small = await embedImages(pixels, images, { batch: 4, channels: 1, onProgress: n => done.push(n) })
    expect(small).toEqual(await embedImages(pixels, images, { channels: 1 }))
    expect(done).toEqual([4, 8, 9])
    await expect(embedImages(x => x, images)).rejects.toThrow(
      'embedImages: [9,D] expected of the embedding, got [9,24',
    )
  })

  test('a list as Windows writes it, in UTF-16 or with a byte order mark', () => {
    const text = ['2\t2', ...sets.flat(), '', ''].join('\r\n')
    write(join(root, 'utf16.txt'), Buffer.from(`\uFEFF${text}`, 'utf16le'))
    write(join(root, 'marked.txt'), `\uFEFF${text}`)
    for (const list of ['utf16.txt', 'marked.txt']) {
      const [read, plain] = [lfwSet(root, join(root, list)), lfwSet(root)]
      expect(read.pairs).toEqual(plain.pairs)
      expect(read.folds).toEqual(plain.folds)
    }
  })

  test('all files that cannot be read are named at once, and none is embedded for nothing', async () => {
    const bad = [join(root, 'bad', '1.jpg'), join(root, 'bad', '2.png')]
    write(bad[0], 'no image')
    write(bad[1], pngOf(4, 4, person(0)).subarray(0, 50))
    let embedded = 0
    const counting: Embedding = x => {
      embedded += x.shape[0]
      return pixels(x)
    }
    const files = people.slice(0, 2).map(name => join(root, name, `${name}_0001.jpg`))
    const list = imageFiles([...files, bad[0], ...files, bad[1], join(root, 'none.jpg')])
    const run = embedImages(counting, list, { batch: 2 })
    await expect(run).rejects.toThrow(
      /embedImages: 3 of 7 files cannot be read:\n.*1\.jpg.*\n.*2\.png.*\n.*none\.jpg, got ENOENT/,
    )
    expect(embedded).toBe(2)
  })

  test('what is missing is named', () => {
    expect(() => lfwSet(root, join(root, 'none.txt'))).toThrow(/a list of pairs expected at .*none\.txt/)
    write(join(root, 'two.txt'), '1\nAda_Lovelace 1 4\nAda_Lovelace 1 Alan_Turing 7\n')
    expect(() => lfwSet(root, join(root, 'two.txt'))).toThrow(
      /lfwSet: 2 of 3 files cannot be read:\n.*Ada_Lovelace_0004.*\n.*Alan_Turing_0007/,
    )
    write(join(root, 'dev.txt'), '1\nAda_Lovelace 1 4\nAda_Lovelace 1 Alan_Turing 1\n')
    expect(() => lfwSet(root, join(root, 'dev.txt'))).toThrow(
      /lfwSet: an image expected at .*Ada_Lovelace_0004\.jpg or \.png, got no such file/,
    )
  })
})

describe('verify', () => {
  const path = join(temporaryFolder(), 'set.bin')
  const images = Array.from({ length: 8 }, (_, i) => pngOf(6, 24, person(i % 3, 3 * i)))
  const forms = {
    bytes: 'SHORT_BINBYTES',
    flags: 'NEWTRUE',
    memo: 'none',
    lists: 'APPENDS',
    tuple: 'TUPLE2',
  } as const
  writeFileSync(path, pickleOf(images, [false, true, false, true], forms))
  const files = images.map((image, i) => {
    const file = join(temporaryFolder(), `${i}.png`)
    writeFileSync(file, image)
    return file
  })
  const rows = readImages(files).toArray<number[][][][]>()
  const turned = rows.map(image => image.map(row => [...row].reverse()))
  const flat = (image: number[][][]): number[] => image.flat(2)

  test('a .bin: the report of the pairs, with mirror images added, beside, or left out', async () => {
    const expected = {
      none: rows.map(flat),
      sum: rows.map((image, i) => flat(image).map((v, k) => v + flat(turned[i])[k])),
      concat: rows.map((image, i) => [...flat(image), ...flat(turned[i])]),
    }
    for (const [flip, x] of Object.entries(expected)) {
      const set = verificationBin(path, { folds: 2 })
      const embedded = await embedImages(pixels, set.images, { flip: flip as 'sum', batch: 3 })
      expect(embedded.map(row => [...row])).toEqual(x.map(row => [...Float32Array.from(row)]))
      const report = await verify(pixels, set, { flip: flip as 'sum', batch: 3 })
      const scores = await pairCosines(x, set.pairs)
      expect(report).toEqual(verificationReport(scores, set.pairs, set.folds))
      if (flip === 'sum') expect(await verify(pixels, set)).toEqual(report)
      await set.images.close()
    }
  })

  test('images of other sizes need one', async () => {
    const mixed = imageFiles([files[0], join(temporaryFolder(), 'wide.png')])
    writeFileSync(mixed.name(1), pngOf(6, 30, person(0)))
    for (const batch of [1, 2]) {
      await expect(embedImages(pixels, mixed, { batch })).rejects.toThrow(
        /wide\.png: 6 x 24, as the first, or a size expected, got 6 x 30/,
      )
    }
    const size = { height: 6, width: 24 }
    expect((await embedImages(pixels, mixed, { size })).length).toBe(2)
  })

  test('arguments', async () => {
    const set = verificationBin(path, { folds: 2 })
    await expect(verify(pixels, set, { flips: 'sum' } as never)).rejects.toThrow('did you mean flip?')
    await expect(verify(pixels, set, { fars: [2] })).rejects.toThrow('verify: fars as rates from 0 to 1')
    await expect(verify(pixels, set.images as never)).rejects.toThrow(
      'verify: a set { images, pairs, folds }',
    )
    await expect(verify('net' as never, set)).rejects.toThrow('verify: embed as a function expected')
    await expect(verify(pixels, set, { flip: 'max' as never })).rejects.toThrow(
      'verify: flip as one of none, sum',
    )
    await set.images.close()
    await expect(verify(pixels, set)).rejects.toThrow(/8 of 8 files cannot be read:\n.*got a closed one/)
    const list = imageFiles(files)
    await list.close()
    await expect(list.read(0)).rejects.toThrow('open files expected, got closed ones')
    expect(() => imageFiles([])).toThrow('imageFiles: at least one file expected')
  })
})

test("MegaFace's files are distractors, block by block", async () => {
  const root = temporaryFolder()
  const files = Array.from({ length: 7 }, (_, i) => {
    const file = join(root, `${i}.jpg_net.bin`)
    const header = Int32Array.of(3, 1, 4, 5)
    const values = Float32Array.of(Math.cos(i), Math.sin(i), i / 8)
    write(file, Buffer.concat([Buffer.from(header.buffer), Buffer.from(values.buffer)]))
    return file
  })
  const z = files.map(file => [...new Float32Array(Uint8Array.from(readFileSync(file)).buffer, 16)])
  const [x, y] = [
    [
      [1, 0, 0.2],
      [1, 0.1, 0],
      [0, 1, 0.3],
      [0.2, 1, 0.1],
    ],
    [0, 0, 1, 1],
  ]
  const whole = await identification(x, y, z, { sizes: [2, 7], far: 0.3 })
  for (const block of [1, 3, 4096]) {
    const blocks = featureFiles(files, { block })
    expect(await identification(x, y, blocks, { sizes: [2, 7], far: 0.3 })).toEqual(whole)
  }
  write(files[6], Buffer.concat([Buffer.from(Int32Array.of(2, 1, 4, 5).buffer), Buffer.alloc(8)]))
  expect(() => [...featureFiles(files)]).toThrow(
    /6\.jpg_net\.bin: at byte 0: 3 values, as the first, expected, got 2/,
  )
  expect(() => [...featureFiles([join(root, 'none.bin')])]).toThrow(
    /featureFiles: a file expected at .*none\.bin, got ENOENT/,
  )
})
