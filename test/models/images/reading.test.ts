import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { decodeImage, readImageList, readImages, type UnreadableError } from '../../../models/images/index.ts'
import { HOLDERS } from '../../support/holders.ts'
import { jpegOf, pngOf, write } from '../../support/imageFiles.ts'
import { temporaryFolder } from '../../support/temporaryFolder.ts'

const folder = temporaryFolder()
const paths = ['0.png', 'bad.jpg', '1.jpg', 'cut.png', 'none.png', '2.png'].map(name => join(folder, name))
const plain = (v: number) => () => [v, v, v] as const
write(paths[0], pngOf(4, 4, plain(0)))
write(paths[1], 'no image')
write(paths[2], jpegOf(8, 8, plain(51)))
write(paths[3], pngOf(4, 4, plain(9)).subarray(0, 50))
write(paths[5], pngOf(8, 4, plain(102)))
const good = [0, 2, 5].map(i => paths[i])
const size = { height: 2, width: 2 }

describe('files that cannot be read', () => {
  test('are named all at once, each with its place, after all were looked at', () => {
    const done: [number, number][] = []
    try {
      readImages(paths, { size, onProgress: (n, of) => done.push([n, of]) })
      expect.unreachable()
    } catch (error) {
      expect((error as Error).message).toMatch(
        /^readImages: 3 of 6 files cannot be read:\n.*bad\.jpg: a PNG or JPEG expected.*\n.*cut\.png: a whole PNG expected.*\n.*none\.png, got ENOENT$/,
      )
      expect((error as UnreadableError).unreadable).toMatchObject([
        { file: paths[1], index: 1 },
        { file: paths[3], index: 3 },
        { file: paths[4], index: 4 },
      ])
    }
    expect(done).toEqual(paths.map((_, i) => [i + 1, 6]))
  })

  test('are left out by a list where that is asked for, with their labels, and counted', () => {
    const list = { files: paths, y: Int32Array.of(5, 6, 7, 8, 9, 10) }
    expect(() => readImageList(list, { size })).toThrow('readImageList: 3 of 6 files cannot be read')
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { x, y, files, unreadable } = readImageList(list, { size, skipUnreadable: true })
    expect(warned.mock.calls[0][0]).toMatch(
      /^readImageList: left out, since 3 of 6 files cannot be read:\n.*bad\.jpg/,
    )
    warned.mockRestore()
    expect([files, Array.from(y)]).toEqual([good, [5, 7, 10]])
    expect(unreadable.map(({ index }) => index)).toEqual([1, 3, 4])
    expect(x.shape).toEqual([3, 2, 2, 3])
    expect(x.dataSync()).toEqual(readImages(good, { size }).dataSync())
    expect(() => readImageList({ files: [paths[1]], y: Int32Array.of(0) }, { skipUnreadable: true })).toThrow(
      'bad.jpg',
    )
  })

  test('a folder, and images of other sizes than the first, all of them', () => {
    expect(() => readImages([folder])).toThrow(/a file expected at .*, got a folder/)
    expect(() => readImages(good)).toThrow(
      /2 of 3 files cannot be read:\n.*1\.jpg: 4 x 4, as the first, or a size expected, got 8 x 8\n.*2\.png: .* got 8 x 4/,
    )
  })
})

describe('arguments', () => {
  const wrong: readonly [unknown, string][] = [
    [{ size: 32 }, 'readImages: size: { height: 32, width: 32 } expected, got 32'],
    [{ size: [32, 24] }, 'readImages: size: { height: 32, width: 24 } expected, got [32, 24]'],
    [{ size: { height: 32 } }, 'readImages: size: { height, width } expected, got { height }'],
    [{ size: { width: 1, height: 1, depth: 1 } }, 'readImages: size: { height, width } expected'],
    [{ size: { height: 2.5, width: 2 } }, 'readImages: size.height as an integer >= 1 expected, got 2.5'],
    [{ size: { height: 2, width: 0 } }, 'readImages: size.width as an integer >= 1 expected, got 0'],
    [{ sizes: size }, 'readImages: there is no option sizes, did you mean size?'],
    [{ channels: 4 }, 'readImages: channels: 1 or 3 expected, got 4'],
    [{ channels: '3' }, 'readImages: channels: 1 or 3 expected, got "3"'],
    [{ decoder: 'Sharp' }, 'readImages: decoder as one of auto, sharp, builtin expected, got "Sharp"'],
    [{ maxPixels: 0 }, 'readImages: maxPixels as an integer >= 1 expected, got 0'],
    [{ autoOrient: 'no' }, 'readImages: autoOrient as true or false expected, got "no"'],
    [{ onProgress: true }, 'readImages: onProgress as a function expected, got true'],
    [32, 'readImages: options as an object'],
  ]
  test.each(wrong)('readImages(files, %j)', (options, message) => {
    expect(() => readImages(good, options as object)).toThrow(message)
  })

  test.each([
    ['a.png', 'readImages: a list of files: ["a.png"], expected, got "a.png"'],
    [
      { files: good },
      'readImages: a list of files, such as imageFolder(..).train.files, expected, got { files }',
    ],
    [undefined, 'readImages: a list of files, such as imageFolder(..).train.files, expected, got undefined'],
    [['a.png', 3], 'readImages: paths of files expected, got 3 at 1'],
  ])('readImages(%j)', (files, message) => {
    expect(() => readImages(files as string[])).toThrow(message)
  })

  test('a list with more labels than files, or none', () => {
    const list = { files: good, y: Int32Array.of(1) }
    expect(() => readImageList(list)).toThrow('files[N] y[N] expected, got 3 files and 1 labels')
    expect(() => readImageList(good as never)).toThrow('readImageList: { files, y }')
    expect(() => readImageList({ files: 'abc' as never, y: [0, 0, 0] })).toThrow(
      'readImageList: a list of files',
    )
  })

  test('labels of every kind become class indices, and what is no label is refused by its sample', () => {
    const files = [...good.slice(1), 'nowhere.png']
    const kinds = [[5, 7, 9], Uint8Array.of(5, 7, 9), BigInt64Array.of(5n, 7n, 9n), Int32Array.of(5, 7, 9)]
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    for (const y of kinds) {
      const read = readImageList({ files, y }, { size: { height: 2, width: 2 }, skipUnreadable: true })
      expect([read.y, read.files]).toEqual([Int32Array.of(5, 7), files.slice(0, 2)])
    }
    warned.mockRestore()
    for (const y of [
      [5, Number.NaN, 9],
      [5, 1.5, 9],
      [5, -1, 9],
      [5, 'b', 9],
      [5, 2 ** 31, 9],
    ]) {
      expect(() => readImageList({ files, y: y as number[] })).toThrow(
        /^readImageList: labels are integers from 0 to 2147483647, got .* for sample 1/,
      )
    }
    for (const y of ['abc', 3, Promise.resolve([]), Float32Array.of(1, 2, 3)]) {
      expect(() => readImageList({ files, y: y as never })).toThrow(
        'readImageList: labels as an array of integers',
      )
    }
  })

  test('images that do not fit into memory are an error of ours', () => {
    const vast = { height: 2 ** 26, width: 2 ** 26 }
    expect(() => readImages(good, { size: vast })).toThrow(
      /images that fit into memory expected, got more: \[3,67108864/,
    )
  })

  test('bytes however they are held, and nothing else', () => {
    const [file, png] = [jpegOf(8, 8, plain(51)), pngOf(3, 5, plain(7))]
    for (const decoder of ['builtin', 'sharp'] as const) {
      const expected = decodeImage(file, 'a.jpg', { decoder })
      for (const [name, hold] of Object.entries(HOLDERS)) {
        expect([name, decodeImage(hold(file), 'a.jpg', { decoder })]).toEqual([name, expected])
        expect([name, decodeImage(hold(png), 'a.png', { decoder })]).toEqual([name, decodeImage(png)])
      }
    }
    expect(() => decodeImage('a.png' as never)).toThrow(
      'decodeImage: bytes (Uint8Array, ArrayBuffer or DataView) expected',
    )
    expect(() => decodeImage(file, { decoder: 'sharp' } as never)).toThrow('decodeImage: file as a name')
    expect(() => decodeImage(file, 'a.jpg', { decode: 'sharp' } as never)).toThrow('did you mean decoder?')
  })
})
