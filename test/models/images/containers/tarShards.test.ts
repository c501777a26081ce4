import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ContainerError, tarShards } from '../../../../models/images/index.ts'
import { damage } from '../../../support/damage.ts'
import { check } from '../../../support/property.ts'
import { paxRecord, type TarFile, type TarFormat, tarHeader, tarOf } from '../../../support/tarFiles.ts'
import { temporaryFolder } from '../../../support/temporaryFolder.ts'

const folder = temporaryFolder()
const path = join(folder, 'a.tar')
const formats = fc.constantFrom<TarFormat>('ustar', 'pax', 'gnu')

async function all(options = {}, paths = [path]): Promise<{ labels: number[]; images: Buffer[] }> {
  const source = tarShards(paths, options)
  const images = Array.from({ length: source.length }, (_, i) => source.read(i))
  const read = (await Promise.all(images)).map(image => Buffer.from(image))
  await source.close()
  return { labels: [...source.labels], images: read }
}

const word = fc.stringMatching(/^[a-z0-9_]{1,8}$/)
const bytes = fc.uint8Array({ maxLength: 1100 }).map(values => Buffer.from(values))
const sample = fc.record({
  folder: word,
  image: bytes,
  label: fc.nat(99_999),
  more: fc.boolean(),
  first: fc.boolean(),
})
const long = fc.constantFrom(0, 120)

/** The files of samples, with what lies between them in the wild. */
function filesOf(
  samples: readonly (typeof sample extends fc.Arbitrary<infer T> ? T : never)[],
  length: number,
): TarFile[] {
  return samples.flatMap(({ folder, image, label, more, first }, i): TarFile[] => {
    const key = `./${folder.padEnd(length, 'x')}/${'n'.padEnd(length && 60, 'y')}${i}`
    const pair: TarFile[] = [
      { name: `${key}.JPG`, body: image },
      { name: `${key}.cls`, body: Buffer.from(i % 2 === 0 ? `${label}\n` : `${label}`) },
    ]
    const extra = { name: `${key}.seg.png.txt`, body: Buffer.from('more') }
    return [
      { name: `./${folder}/`, body: Buffer.alloc(0), type: '5' },
      { name: `./${folder}/._n${i}.jpg`, body: Buffer.from('Mac OS X') },
      ...(first ? pair : pair.reverse()),
      ...(more ? [extra] : []),
      { name: './README', body: Buffer.from('no ending') },
      { name: './__key__.jpg', body: Buffer.from('the format’s own') },
      { name: './link.jpg', body: Buffer.alloc(0), type: '2' },
    ]
  })
}

describe('tarShards', () => {
  test('what was archived is read, in every format of long names', async () => {
    const shards = fc.array(
      fc.tuple(fc.array(sample, { minLength: 1, maxLength: 4 }), formats, long, fc.nat(20)),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    await check(
      fc.asyncProperty(shards, async list => {
        const paths = list.map(([samples, format, length, zeros], i) => {
          writeFileSync(join(folder, `${i}.tar`), tarOf(filesOf(samples, length), format, zeros))
          return join(folder, `${i}.tar`)
        })
        const { labels, images } = await all({}, paths)
        const samples = list.flatMap(([samples]) => samples)
        expect(labels).toEqual(samples.map(({ label }) => label))
        expect(images).toEqual(samples.map(({ image }) => image))
        const names = list.flatMap(([samples, , length], i) =>
          filesOf(samples, length)
            .filter(({ name }) => name.endsWith('.JPG'))
            .map(({ name }) => `${paths[i]}: ${name}`),
        )
        const source = tarShards(paths)
        expect(names.map((_, i) => source.name(i))).toEqual(names)
      }),
    )
  })

  test('options: which image, which label, how a class is told', async () => {
    const json = (name: string, value: unknown): TarFile => ({
      name,
      body: Buffer.from(JSON.stringify(value)),
    })
    const files = [
      { name: '1.jpg', body: Buffer.from('photo') },
      { name: '1.Mask.PNG', body: Buffer.from('mask') },
      json('1.json', { id: 'b' }),
      { name: '2.mask.png', body: Buffer.from('mask 2') },
      json('2.json', { id: 'a' }),
      { name: '2.jpg', body: Buffer.from('photo 2') },
    ]
    writeFileSync(path, tarOf(files, 'ustar'))
    const parse = (text: string, key: string): number =>
      JSON.parse(text).id.charCodeAt(0) - 97 + 10 * Number(key)
    const options = { label: 'json', parse }
    expect(await all({ ...options, image: 'mask.png' })).toEqual({
      labels: [11, 20],
      images: [Buffer.from('mask'), Buffer.from('mask 2')],
    })
    expect((await all({ ...options, image: 'JPG' })).images).toEqual([
      Buffer.from('photo'),
      Buffer.from('photo 2'),
    ])
    // .mask.png is no ending of an image: there is one .jpg in each.
    expect((await all(options)).images).toEqual([Buffer.from('photo'), Buffer.from('photo 2')])
    expect(() => tarShards([path])).toThrow(/at byte 512: a \.cls in sample 1 expected, got none/)
    expect(() => tarShards([path], { ...options, image: 'webp' })).toThrow(
      /at byte 512: one \.webp in sample 1 expected, got \.jpg, /,
    )
  })

  test('old archives, with no magic, and sizes in pax', async () => {
    const body = Buffer.from('photo')
    const v7 = tarOf(
      [
        { name: 'a.jpg', body, type: '\0' },
        { name: 'a.cls', body: Buffer.from('3') },
      ],
      'v7',
      0,
    )
    const records = Buffer.concat([paxRecord('size', '5'), paxRecord('comment', 'größe\n= 5')])
    const pax = Buffer.concat([
      tarHeader('x', records.length, 'x', 'pax'),
      records,
      Buffer.alloc(512 - records.length),
      tarHeader('b.jpg', 0, '0', 'pax'),
      body,
      Buffer.alloc(512 - body.length),
    ])
    const rest = tarOf([{ name: 'b.cls', body: Buffer.from('4') }], 'ustar')
    writeFileSync(path, Buffer.concat([v7, pax, rest]))
    expect(await all()).toEqual({ labels: [3, 4], images: [body, body] })
  })

  const cls = { name: 'a.cls', body: Buffer.from('1') }
  const jpg = { name: 'a.jpg', body: Buffer.from('photo') }
  const changed = (bytes: Buffer, at: number, by: Buffer): Buffer => {
    const copy = Buffer.from(bytes)
    by.copy(copy, at)
    return copy
  }
  const good = tarOf([jpg, cls], 'ustar')
  test.each([
    ['a gzipped archive', gzipSync(good), /at byte 0: a tar archive expected, got a gzipped file/],
    ['an empty archive', tarOf([], 'ustar'), /at byte 0: at least one sample expected, got none/],
    [
      'a header that is cut',
      good.subarray(0, 700),
      /at byte 0: a size|at byte 512|at byte \d+: 512 bytes expected, got a file of 700/,
    ],
    ['a body that is cut', good.subarray(0, 514), /at byte 124: a size of at most 2 bytes expected, got 5/],
    [
      'a header that was changed',
      changed(good, 3, Buffer.from('x')),
      /at byte 148: a header of the sum \d+ expected, got \d+/,
    ],
    [
      'two images',
      tarOf([jpg, { ...jpg, name: 'a.png' }, cls], 'gnu'),
      /at byte 512: one image in sample a expected, got \.jpg, \.png, \.cls/,
    ],
    [
      'one name twice',
      tarOf([jpg, { ...jpg, name: 'a.JPG' }, cls], 'gnu'),
      /at byte 1536: one \.jpg in sample a expected, got a\.JPG too/,
    ],
    [
      'a class that is no number',
      tarOf([jpg, { ...cls, body: Buffer.from('-1') }], 'gnu'),
      /at byte 1536: a class that is a whole number from 0 expected, got "-1"/,
    ],
    [
      'a sample in two places',
      tarOf([jpg, { ...jpg, name: 'b.jpg' }, cls], 'gnu'),
      /at byte 512: a \.cls in sample a expected/,
    ],
    [
      'a record without its length',
      Buffer.concat([tarHeader('x', 8, 'x', 'pax'), Buffer.from('9 path=a'), Buffer.alloc(504)]),
      /at byte 512: a record "length keyword=value" expected, got "9 path=a"/,
    ],
    [
      'a size that is none',
      Buffer.concat([tarHeader('x', 10, 'x', 'pax'), Buffer.from('10 size=x\n'), Buffer.alloc(502)]),
      /at byte 512: a size in decimal expected, got "x"/,
    ],
  ])('%s is an error with its place', (_, bytes, message) => {
    writeFileSync(path, bytes)
    expect(() => tarShards([path])).toThrow(message)
  })

  test('arguments, and reads after the end', async () => {
    writeFileSync(path, good)
    expect(() => tarShards([])).toThrow('at least one shard expected')
    expect(() => tarShards(path as never)).toThrow('paths as a list, of .tar files, expected')
    expect(() => tarShards([join(folder, 'none.tar')])).toThrow(/a file expected at .*none\.tar, got ENOENT/)
    const source = tarShards([path])
    expect(source.name(0)).toBe(`${path}: a.jpg`)
    await expect(source.read(1)).rejects.toThrow('i as an integer from 0 to 0')
    writeFileSync(path, good.subarray(0, 514))
    await expect(source.read(0)).rejects.toThrow(/at byte 512: 5 bytes expected, got a file of 514/)
    await source.close()
    await expect(source.read(0)).rejects.toThrow('open shards expected, got closed ones')
  })

  test('1,000 damaged archives: each reads, or says where the damage is; nothing else happens', async () => {
    const files = [0, 1, 2].flatMap(i => [
      { name: `${'n'.repeat(60)}/${'o'.repeat(60)}${i}.jpg`, body: Buffer.alloc(30 * i + 1, i) },
      { name: `${'n'.repeat(60)}/${'o'.repeat(60)}${i}.cls`, body: Buffer.from(`${i}`) },
    ])
    let damaged = 0
    await check(
      fc.asyncProperty(formats, damage, async (format, of) => {
        writeFileSync(path, of(tarOf(files, format)))
        try {
          const { images } = await all()
          expect(images.length).toBeLessThanOrEqual(4)
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
    // Half of an archive is what fills its blocks up.
    expect(damaged).toBeGreaterThan(300)
  })
})
