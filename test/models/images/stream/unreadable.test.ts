import { rmSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type ImageStream, imageStream, UnreadableError } from '../../../../models/images/index.ts'
import { Batches, embed, instances, layers, pixels } from '../../../../models/index.ts'
import { temporaryFolder } from '../../../support/temporaryFolder.ts'
import { values } from '../../training.ts'
import { drawnFiles, FORM } from './drawn.ts'

const { files, y, pixels: bytes } = drawnFiles(temporaryFolder(), 12)
writeFileSync(files[4], 'no image')
rmSync(files[7])
const REASONS = [
  `${files[4]}: a PNG or JPEG expected, got a file that begins with [6e 6f 20 69] (WebP, AVIF, GIF and TIFF are read too)`,
  `a file expected at ${files[7]}, got ENOENT`,
]

let stream: ImageStream | undefined
afterEach(async () => {
  await stream?.close()
  vi.restoreAllMocks()
})
const opening = (options: object = {}): ImageStream => {
  stream = imageStream({ files, y }, { size: FORM, ...options })
  return stream
}
/** Batches in the order of the data. */
const inOrder = instances({ window: 1 })

describe('an image that cannot be read', () => {
  test('stops what draws it, by name, and all of its batch with it', () => {
    const batches = new Batches(opening(), y, 4, 1, inOrder)
    expect(Array.from(batches.next().samples)).toEqual([0, 1, 2, 3])
    const before = structuredClone(batches.state())
    try {
      batches.next()
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(UnreadableError)
      const { message, unreadable } = error as UnreadableError
      expect(message).toBe(`imageStream: 2 of 4 files cannot be read:\n  ${REASONS[0]}\n  ${REASONS[1]}`)
      expect(unreadable).toMatchObject([
        { file: files[4], index: 4 },
        { file: files[7], index: 7 },
      ])
    }
    // As a trainer does after an error: the same batch again.
    batches.load(before)
    expect(() => batches.next()).toThrow('2 of 4 files')
  })

  test('is left out where that is asked for, named once, and counted at the end', async () => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const [batches, whole] = [opening({ skipUnreadable: true }), pixels(bytes, { image: [12, 10, 3] })].map(
      x => new Batches(x, y, 6, 1, inOrder),
    )
    for (let epoch = 0; epoch < 2; epoch++) {
      for (const samples of [
        [0, 1, 2, 3, 5],
        [6, 8, 9, 10, 11],
      ]) {
        const { x, ...batch } = batches.next()
        expect(Array.from(batch.samples)).toEqual(samples)
        expect(Array.from(batch.y)).toEqual(samples.map(i => y[i]))
        expect(values(x)).toEqual(values(whole.x.rows(samples)))
      }
    }
    expect(warned.mock.calls.flat()).toEqual(REASONS.map(reason => `imageStream: left out: ${reason}`))
    expect(stream!.unreadable.map(({ index }) => index)).toEqual([4, 7])
    await stream!.close()
    await stream!.close()
    expect(warned.mock.calls.flat().slice(2)).toEqual([
      'imageStream: left out 2 of 12 images, since they cannot be read',
    ])
  })

  test('is an error where nothing else is in the batch, and where rows are asked for', () => {
    const only = new Batches(opening({ skipUnreadable: true }), y, 1, 1, inOrder)
    for (let i = 0; i < 4; i++) only.next()
    expect(() => only.next()).toThrow(`imageStream: ${REASONS[0]}`)
    expect(() => embed(layers.flatten(), stream!)).toThrow('imageStream: 2 of 12 files cannot be read')
  })
})

test('options and lists of other forms are refused by name', () => {
  const list = { files, y }
  const wrong: readonly [() => unknown, string][] = [
    [() => imageStream(list, undefined as never), 'imageStream: options as an object, {'],
    [() => imageStream(list, {} as never), 'imageStream: size: { height, width } expected'],
    [() => opening({ size: 8 }), 'imageStream: size: { height: 8, width: 8 } expected, got 8'],
    [() => opening({ workers: 0 }), 'imageStream: workers as an integer from 1 to 64 expected, got 0'],
    [() => opening({ ahead: 0 }), 'imageStream: ahead as an integer >= 1 expected, got 0'],
    [() => opening({ numWorkers: 2 }), 'imageStream: there is no option numWorkers, did you mean workers?'],
    [() => opening({ channels: 4 }), 'imageStream: channels: 1 or 3 expected, got 4'],
    [() => opening({ augment: 3 }), 'imageStream: augment as a function'],
    [() => opening({ skipUnreadable: 1 }), 'imageStream: skipUnreadable as true or false expected, got 1'],
    [() => imageStream(files as never, { size: FORM }), 'imageStream: { files, y }, such as'],
    [
      () => imageStream({ files, y: [1] }, { size: FORM }),
      'files[N] y[N] expected, got 12 files and 1 labels',
    ],
  ]
  for (const [call, message] of wrong) expect(call).toThrow(message)
})
