import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { decodeImage, imageDecoder, imageFolder, readImages } from '../../../models/images/index.ts'
import { SharpThread } from '../../../models/images/sharp/thread.ts'
import { readBySharp, writtenBySharp } from '../../support/bySharp.ts'
import { exifOf, jpegExif } from '../../support/exif.ts'
import { jpegOf, type Paint, pngOf, write } from '../../support/imageFiles.ts'
import { segment } from '../../support/rawJpeg.ts'
import { rawPng } from '../../support/rawPng.ts'
import { temporaryFolder } from '../../support/temporaryFolder.ts'

const [height, width] = [45, 64]
/** Something like a photo: soft waves, edges, and colours that change over a few pixels. */
const photo: Paint = (y, x) => [
  Math.round(128 + 90 * Math.sin(x / 9 + y / 17)),
  (x * y) % 97 < 48 ? 60 : 190,
  Math.round(128 + 100 * Math.cos(x / 5 - y / 7)),
]
const pixels = Uint8Array.from(
  Array.from({ length: height * width }, (_, i) => photo(Math.floor(i / width), i % width)).flat(),
)
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length

describe('the two decoders', () => {
  test('auto is sharp, which is installed here', () => {
    expect([imageDecoder(), imageDecoder('auto'), imageDecoder('sharp'), imageDecoder('builtin')]).toEqual([
      'sharp',
      'sharp',
      'sharp',
      'builtin',
    ])
    expect(() => imageDecoder('vips' as 'sharp')).toThrow(
      'imageDecoder: decoder as one of auto, sharp, builtin expected, got "vips"',
    )
  })

  test.each(
    ['4:4:4', '4:2:0'].flatMap(chromaSubsampling =>
      [60, 90, 100].flatMap(quality =>
        [false, true].map(progressive => ({ chromaSubsampling, quality, progressive })),
      ),
    ),
  )('the same JPEG to the last bit: %j', async options => {
    const file = await writtenBySharp('jpeg', pixels, { height, width }, options)
    const [a, b] = (['builtin', 'sharp'] as const).map(decoder => decodeImage(file, 'a.jpg', { decoder }))
    expect(a).toEqual(b)
    expect(b.rgb).toEqual(new Uint8Array((await readBySharp(file)).rgb))
  })

  test('auto gives small JPEGs to the builtin one, and large ones to sharp', async () => {
    const sides = [512, 513]
    const asked = vi.spyOn(SharpThread.prototype, 'decode')
    for (const side of sides) {
      const grey = new Uint8Array(3 * side * 512).fill(99)
      const file = await writtenBySharp('jpeg', grey, { height: 512, width: side })
      expect(decodeImage(file, 'a.jpg').width).toBe(side)
    }
    expect(asked).toHaveBeenCalledTimes(1)
    asked.mockRestore()
  })

  test('the same tensors under the same options: size, grey, orientation, alpha', () => {
    const folder = temporaryFolder()
    const jpeg = jpegOf(height, width, photo, 90)
    const turned = Buffer.concat([
      jpeg.subarray(0, 2),
      segment(0xe1, jpegExif(exifOf(6, true))),
      jpeg.subarray(2),
    ])
    const clear = rawPng({
      width,
      height,
      depth: 8,
      type: 6,
      sample: (y, x, c) => (c < 3 ? photo(y, x)[c] : x % 256),
    })
    const files = { 'a.jpg': jpeg, 'b.jpg': turned, 'c.png': clear, 'd.png': pngOf(9, 9, photo) }
    const names = Object.entries(files).map(([name, bytes]) => {
      write(join(folder, name), bytes)
      return join(folder, name)
    })
    for (const options of [{}, { autoOrient: false }, { channels: 1 }] as const) {
      const form = { ...options, size: { height: 20, width: 24 } }
      const [a, b] = (['builtin', 'sharp'] as const).map(decoder => readImages(names, { ...form, decoder }))
      expect(a.shape).toEqual(b.shape)
      expect(a.dataSync()).toEqual(b.dataSync())
    }
  })
})

describe('what sharp brings', () => {
  const lossless = { webp: { lossless: true }, tiff: { compression: 'lzw' } }

  test.each(Object.entries(lossless))('%s without loss', async (kind, options) => {
    const file = await writtenBySharp(kind, pixels, { height, width }, options)
    expect(decodeImage(file, 'a')).toEqual({ height, width, rgb: pixels })
    expect(() => decodeImage(file, 'a.jpg', { decoder: 'builtin' })).toThrow(
      /decodeImage: a\.jpg: a PNG or JPEG expected, got (WebP|TIFF) \(WebP, AVIF, GIF and TIFF are read by sharp, npm install sharp\)/,
    )
  })

  test.each(['webp', 'avif', 'gif'])('%s with its loss: as sharp reads it, alpha dropped', async kind => {
    const withAlpha = Uint8Array.from({ length: 4 * height * width }, (_, i) =>
      i % 4 === 3 ? 255 : pixels[3 * (i >> 2) + (i % 4)],
    )
    for (const source of [pixels, withAlpha]) {
      const file = await writtenBySharp(kind, source, { height, width }, { quality: 90, effort: 1 })
      const { rgb } = decodeImage(file, 'a')
      expect(rgb).toEqual(new Uint8Array((await readBySharp(file)).rgb))
      // It is that picture: its mean keeps to a few levels of 255 through a palette, or quality 90.
      expect(Math.abs(mean(Array.from(rgb)) - mean(Array.from(pixels)))).toBeLessThan(3)
      expect(() => decodeImage(file, 'a', { maxPixels: 9 })).toThrow(
        'a: at most 9 pixels expected (option maxPixels), got 64 x 45 = 2,880',
      )
    }
  })

  test('folders of them', async () => {
    const root = temporaryFolder()
    for (const kind of ['webp', 'avif', 'gif']) {
      write(
        join(root, 'a', `1.${kind}`),
        await writtenBySharp(kind, pixels, { height, width }, { effort: 1 }),
      )
    }
    write(join(root, 'b', '1.png'), pngOf(height, width, photo))
    const { train } = imageFolder(root)
    expect(train.files.length).toBe(4)
    expect(readImages(train.files).shape).toEqual([4, height, width, 3])
    expect(() => imageFolder(root, { decoder: 'builtin' })).toThrow(
      /4 of \d files cannot be read:\n.*PNG or JPEG files expected, got .*1\.avif\n.*1\.gif\n.*1\.webp\n.*got none/,
    )
  })

  test('a file in a larger buffer goes to the thread without what is beside it', async () => {
    const file = await writtenBySharp('webp', pixels, { height, width }, {})
    const archive = new Uint8Array(file.length + 2 ** 20)
    archive.set(file, 2 ** 19)
    const sent = vi.spyOn(MessagePort.prototype, 'postMessage')
    const { rgb } = decodeImage(archive.subarray(2 ** 19, 2 ** 19 + file.length), 'a.webp')
    const { files } = sent.mock.calls[0][0] as { files: { bytes: Uint8Array }[] }
    sent.mockRestore()
    expect(files.map(({ bytes }) => bytes.buffer.byteLength)).toEqual([file.length])
    expect(rgb).toEqual(decodeImage(file, 'a.webp').rgb)
  })

  test('a damaged one is named, and the next is read', async () => {
    const file = await writtenBySharp('webp', pixels, { height, width }, {})
    expect(() => decodeImage(file.subarray(0, file.length / 2), 'a.webp')).toThrow(
      /^decodeImage: a\.webp: a whole WebP expected, got "/,
    )
    expect(decodeImage(file, 'a.webp').width).toBe(width)
  })
})
