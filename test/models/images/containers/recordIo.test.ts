import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { labelsOf } from '../../../../models/images/containers/recordio/identities.ts'
import { ContainerError, recordIo } from '../../../../models/images/index.ts'
import { damage } from '../../../support/damage.ts'
import { check } from '../../../support/property.ts'
import { imageRecord, recAndIdx, recordOf, trainingRecords, words } from '../../../support/recordIoFiles.ts'
import { temporaryFolder } from '../../../support/temporaryFolder.ts'

const folder = temporaryFolder()
const [recPath, idxPath] = ['train.rec', 'train.idx'].map(name => join(folder, name))

/** Bytes with the magic number here and there, at multiples of 4 and not. */
const content = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.constant(words(0xced7230a))), { maxLength: 5 })
  .map(parts => Buffer.concat(parts))
const identities = fc.array(
  fc.record({ label: fc.nat(2 ** 24), images: fc.array(content, { minLength: 1, maxLength: 4 }) }),
  { minLength: 1, maxLength: 5 },
)
const shuffled = <T>(items: readonly T[]) => fc.shuffledSubarray([...items], { minLength: items.length })
const endings = fc.constantFrom('\n', '\r\n', ' \r\n', '\n\n')

async function all(): Promise<{ labels: number[]; images: Buffer[] }> {
  const source = recordIo(recPath)
  try {
    const images = Array.from({ length: source.length }, (_, i) => source.read(i))
    return {
      labels: [...source.labels],
      images: (await Promise.all(images)).map(image => Buffer.from(image)),
    }
  } finally {
    await source.close()
  }
}

describe('recordIo', () => {
  test('a training set: what was written is read, whatever the order of records and lines', async () => {
    const sets = identities.chain(set =>
      fc.tuple(
        fc.constant(set),
        fc.constantFrom(0, 2).chain(flag => shuffled([...trainingRecords(set, flag)])),
        endings,
        fc.constantFrom('', '\uFEFF'),
        fc.boolean(),
        fc.infiniteStream(fc.nat()),
      ),
    )
    await check(
      fc.asyncProperty(sets, async ([set, records, ending, mark, last, keys]) => {
        const { rec, lines } = recAndIdx(records)
        const order = [...keys.take(lines.length)]
        const text = lines.map((_, i) => lines[(i + order[0]) % lines.length]).join(ending)
        writeFileSync(recPath, rec)
        writeFileSync(idxPath, mark + text + (last ? ending : ''))
        const { labels, images } = await all()
        expect(labels).toEqual(set.flatMap(({ label, images }) => images.map(() => label)))
        expect(images).toEqual(set.flatMap(({ images }) => images))
      }),
    )
  })

  test('without record 0 that counts, all records are images, in the order of the index', async () => {
    const records = fc.uniqueArray(fc.tuple(fc.nat(2 ** 20 - 1), fc.nat(9), content), {
      minLength: 1,
      selector: ([key]) => key,
    })
    await check(
      fc.asyncProperty(records, async list => {
        // An image, so that record 0 is not taken for a set's.
        const image = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.from([1])])
        const { rec, lines } = recAndIdx(
          list.map(([key, label, bytes]) => [key, imageRecord([label, 3], key, image(bytes), 2)]),
        )
        writeFileSync(recPath, rec)
        writeFileSync(idxPath, lines.join('\n'))
        const { labels, images } = await all()
        expect(labels).toEqual(list.map(([, label]) => label))
        expect(images).toEqual(list.map(([, , bytes]) => image(bytes)))
      }),
    )
  })

  test('a part that is no multiple of 4 is filled up before the next, as other writers may have it', async () => {
    const [start, end] = [imageRecord([5], 1, Buffer.from('abc')), Buffer.from('defgh')]
    const part = (flag: number, bytes: Buffer): Buffer =>
      Buffer.concat([words(0xced7230a, (flag << 29) | bytes.length), bytes, Buffer.alloc(-bytes.length & 3)])
    writeFileSync(recPath, Buffer.concat([part(1, start), part(2, Buffer.alloc(0)), part(3, end)]))
    writeFileSync(idxPath, '1\t0')
    const magic = words(0xced7230a)
    expect(await all()).toEqual({
      labels: [5],
      images: [Buffer.concat([Buffer.from('abc'), magic, magic, end])],
    })
  })

  test('ranges that float32 has rounded give way to the labels of the records', () => {
    // Keys from 3 on are beyond what is exact here: 3 belongs to the first identity and the range says the second.
    const classes = [7, 7, 7, 9, 9]
    const { rec } = recAndIdx(classes.map((label, k) => [k + 1, imageRecord([label], k + 1)]))
    writeFileSync(recPath, rec)
    writeFileSync(idxPath, '0\t0')
    const size = rec.length / classes.length
    const file = {
      size: rec.length,
      bytes: (offset: number, length: number) => rec.subarray(offset, offset + length),
    } as unknown as Parameters<typeof labelsOf>[0]
    const index = { keys: Float64Array.of(), offsetOf: (key: number) => (key - 1) * size }
    const layout = {
      images: Float64Array.of(1, 2, 3, 4, 5),
      ranges: [
        [1, 3],
        [3, 6],
      ],
    } as const
    expect([...labelsOf(file, index, layout)]).toEqual([7, 7, 7, 7, 7])
    expect([...labelsOf(file, index, layout, 3)]).toEqual(classes)
  })

  test('an image of another class than its identity is damage', async () => {
    const records = trainingRecords([{ label: 3, images: [Buffer.from('a'), Buffer.from('b')] }])
    records.set(2, imageRecord([4], 2, Buffer.from('b')))
    const { rec, lines } = recAndIdx(records)
    writeFileSync(recPath, rec)
    writeFileSync(idxPath, lines.join('\n'))
    const source = recordIo(recPath)
    expect(Buffer.from(await source.read(0))).toEqual(Buffer.from('a'))
    await expect(source.read(1)).rejects.toThrow(/train\.rec: at byte 36: class 3, .* got 4$/)
    await expect(source.read(2)).rejects.toThrow('i as an integer from 0 to 1')
    expect(source.name(1)).toBe(`${recPath}: image 1, at byte 36`)
    await source.close()
    await source.close()
    await expect(source.read(0)).rejects.toThrow('an open file expected, got a closed one')
  })

  test.each([
    ['no record', Buffer.alloc(0), '0\t0', /train\.idx: at byte 0: an offset .* got 0$/],
    [
      'another magic number',
      words(1, 32, ...Array(8).fill(0)),
      '0\t0',
      /train\.rec: at byte 0: the magic number 0xced7230a expected, got 0x00000001/,
    ],
    [
      'a part between',
      recordOf(imageRecord([1], 0)).fill(0x40, 7, 8),
      '0\t0',
      /at byte 4: a whole record or the first part of one expected, got flag 2/,
    ],
    [
      'a length beyond the end',
      recordOf(imageRecord([1], 0)).fill(0xff, 4, 6),
      '0\t0',
      /at byte 0: a part of 65535 bytes expected, got a file of 32/,
    ],
    ['a label that is no class', recordOf(imageRecord([-1], 0)), '0\t0', /at byte 0: a label .* got -1/],
    [
      'a label that is no number',
      recordOf(imageRecord([Number.NaN], 0)),
      '0\t0',
      /at byte 0: a label .* got NaN/,
    ],
    [
      'labels beyond the record',
      recordOf(words(9, 0, 0, 0, 0, 0)),
      '0\t0',
      /at byte 0: 9 labels expected, got a record of 24 bytes/,
    ],
    ['an empty index', recordOf(imageRecord([1], 0)), '\n\n', /train\.idx: at byte 0: at least one line/],
    [
      'a line without a tab',
      recordOf(imageRecord([1], 0)),
      '1 0\n',
      /train\.idx: at byte 1: a line "key<tab>offset" expected, got byte 32/,
    ],
    [
      'a key alone',
      recordOf(imageRecord([1], 0)),
      '1\n',
      /train\.idx: at byte 1: .* got the end of the line/,
    ],
    [
      'a key without end',
      recordOf(imageRecord([1], 0)),
      '1\t',
      /train\.idx: at byte 2: .* got the end of the file/,
    ],
    [
      'a word',
      recordOf(imageRecord([1], 0)),
      '0\t0\nx\t0',
      /train\.idx: at byte 4: a line "key<tab>offset" expected, got "x"/,
    ],
    [
      'a key twice',
      recordOf(imageRecord([1], 0)),
      '1\t0\n1\t0',
      /train\.idx: at byte 4: keys that differ expected, got 1 twice/,
    ],
    [
      'a key far beyond',
      recordOf(imageRecord([1], 0)),
      '1\t0\n99999999\t0',
      /train\.idx: at byte 4: a key below 1048576/,
    ],
    [
      'an offset beyond',
      recordOf(imageRecord([1], 0)),
      '1\t4',
      /train\.idx: at byte 0: an offset that is a multiple of 4 up to 0 expected, got 4/,
    ],
    [
      'a record that is missing',
      recAndIdx([
        [0, imageRecord([2, 2], 0)],
        [2, imageRecord([1], 2)],
      ]).rec,
      '0\t0\n2\t40',
      /train\.idx: at byte 0: a line of key 1 expected/,
    ],
    [
      'identities beyond',
      recordOf(imageRecord([1, 9], 0)),
      '0\t0',
      /train\.rec: at byte 0: two labels 1 <= a <= b <= 1 expected, got \[1, 9\]/,
    ],
  ])('%s is an error with its place', (_, rec, idx, message) => {
    writeFileSync(recPath, rec)
    writeFileSync(idxPath, idx)
    expect(() => recordIo(recPath)).toThrow(message)
  })

  test('arguments', () => {
    expect(() => recordIo(join(folder, 'none.rec'))).toThrow(
      /recordIo: a file expected at .*none.rec, got ENOENT/,
    )
    expect(() => recordIo(folder, { index: idxPath })).toThrow(/got a folder/)
    expect(() => recordIo(join(folder, 'train.bin'))).toThrow('a path that ends in .rec, or the option index')
    expect(() => recordIo(recPath, { idx: '' } as never)).toThrow('there is no option idx, known: index')
    expect(() => recordIo([] as never)).toThrow('the path of a .rec file expected')
  })

  test('1,000 damaged files: each reads, or says where the damage is; nothing else happens', async () => {
    const images = Array.from({ length: 6 }, (_, i) =>
      Buffer.from([...Array(20 + i).keys(), 0, 10, 35, 215, 206]),
    )
    images[2] = Buffer.concat([images[2].subarray(0, 8), words(0xced7230a), images[2]])
    const set = [0, 1, 2].map(label => ({ label, images: images.slice(2 * label, 2 * label + 2) }))
    const { rec, lines } = recAndIdx(trainingRecords(set))
    const idx = Buffer.from(lines.join('\n'))
    let damaged = 0
    await check(
      fc.asyncProperty(damage, fc.boolean(), async (of, inRec) => {
        writeFileSync(recPath, inRec ? of(rec) : rec)
        writeFileSync(idxPath, inRec ? idx : of(idx))
        try {
          const { images } = await all()
          expect(images.reduce((sum, { length }) => sum + length, 0)).toBeLessThanOrEqual(
            images.length * 2 * rec.length,
          )
        } catch (error) {
          damaged++
          expect(error).toBeInstanceOf(ContainerError)
          const { offset, message } = error as ContainerError
          expect(Number.isSafeInteger(offset) && offset >= 0).toBe(true)
          expect(message).toContain(`at byte ${offset}: `)
        }
      }),
      1000,
    )
    // Most damages are seen: those of an image's own bytes are the decoder's to find.
    expect(damaged).toBeGreaterThan(500)
  })
})
