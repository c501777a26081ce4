import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { generator } from '../../../../engine/index.ts'
import { cosFace } from '../../../../losses/index.ts'
import { type ImageStream, imageStream } from '../../../../models/images/index.ts'
import { Decoders } from '../../../../models/images/stream/decoders.ts'
import { Batches, type ImageSource, layers, pixels, type Source, Trainer } from '../../../../models/index.ts'
import { temporaryFolder } from '../../../support/temporaryFolder.ts'
import { bits, both, values } from '../../training.ts'
import { drawnFiles, FORM } from './drawn.ts'

const { files, y, pixels: bytes } = drawnFiles(temporaryFolder(), 24)
const encoded = files.map(file => Uint8Array.from(readFileSync(file)))

/** Images in memory, which come after a while; image 13 does not. */
class Slow implements ImageSource {
  readonly length = files.length
  readonly labels = y
  reads = 0
  closed = 0
  name(i: number): string {
    return `image ${i}`
  }
  async read(i: number): Promise<Uint8Array> {
    this.reads++
    await setTimeout((7 * i) % 5)
    if (i === 13) throw new Error('image 13: a disk expected, got none')
    return encoded[i].slice()
  }
  async close(): Promise<void> {
    this.closed++
  }
}

let stream: ImageStream | undefined
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => {}))
afterEach(async () => {
  await stream?.close()
  vi.restoreAllMocks()
})
const opening = (source: ImageSource, options: object = {}): ImageStream => {
  stream = imageStream(source, { size: FORM, skipUnreadable: true, ...options })
  return stream
}

const trainer = (x: Source, labels = y): Trainer => {
  const net = layers.sequential({
    flat: layers.flatten(),
    fc: layers.linear({ in: 360, out: 4, rng: generator(2) }),
  })
  const loss = cosFace({ classes: 4, dim: 4, s: 8, m: 0.1 })
  return new Trainer({ net, loss, optimizer: both(net, loss), x, y: labels, batch: 6, seed: 5 })
}

describe('a source that reads later', () => {
  test('trains a net; what it fails on is named', async () => {
    const source = new Slow()
    const first = trainer(opening(source))
    await first.run({ steps: 7 })
    const state = bits(first.state())
    expect(stream!.labels).toEqual(y)
    expect(stream!.unreadable).toEqual([
      { file: 'image 13', index: 13, reason: 'image 13: a disk expected, got none' },
    ])
    await stream!.close()
    expect(source.closed).toBe(1)
    const second = trainer(opening(new Slow(), { workers: 1, ahead: 1 }))
    for (let i = 0; i < 7; i++) await second.stepAsync()
    expect(bits(second.state())).toBe(state)
    expect(() => first.step()).toThrow('imageStream: an open stream expected, got a closed one')
  })

  test('is asked for no more than the batches that may wait', async () => {
    const source = new Slow()
    const batches = new Batches(opening(source, { ahead: 2 }), y, 4, 1)
    await batches.ready()
    await setTimeout(200)
    expect(source.reads).toBe(12)
    batches.next()
    batches.next()
    await batches.ready()
    await setTimeout(200)
    expect(source.reads).toBe(20)
  })

  test('cannot be waited for by a step that ends at once, but where it can read at once too', async () => {
    const rows = pixels(bytes, { image: [12, 10, 3] })
    expect(() => opening(new Slow()).rows([1])).toThrow('a source without readNow: await Trainer.run')
    await stream!.close()
    const source = Object.assign(new Slow(), {
      readNow: (i: number) => {
        if (i === 3) throw new Error('image 3: nothing expected')
        return encoded[i].slice()
      },
    })
    opening(source)
    expect(values(stream!.rows([1, 5, 2]))).toEqual(values(rows.rows([1, 5, 2])))
    expect(() => stream!.rows([2, 3])).toThrow('imageStream: image 3: nothing expected')
    const batches = new Batches(stream!, y, 4, 1)
    for (let i = 0; i < 12; i++) batches.next()
  })
})

test.each([20, 1500])(
  'a thread that can do nothing more says why to one that listens every %d ms',
  async pause => {
    const settings = { decoder: 'builtin', smallJpeg: 0, maxPixels: 1, autoOrient: true } as const
    const decoders = new Decoders(1, settings, undefined as never)
    const until = Date.now() + 30_000
    await expect(async () => {
      for (; Date.now() < until; await setTimeout(pause)) decoders.hear()
    }).rejects.toThrow(/imageStream: a thread that decodes expected, got: .*undefined/)
    await decoders.close()
  },
)
