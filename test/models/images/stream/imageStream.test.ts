import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { generator } from '../../../../engine/index.ts'
import { irCosFace } from '../../../../losses/index.ts'
import { type ImageStream, imageStream, readImages } from '../../../../models/images/index.ts'
import {
  Batches,
  classAware,
  embed,
  erase,
  instances,
  inTurn,
  layers,
  pixels,
  type Sampling,
  type Source,
  shift,
  Trainer,
} from '../../../../models/index.ts'
import { check } from '../../../support/property.ts'
import { temporaryFolder } from '../../../support/temporaryFolder.ts'
import { bits, both, values } from '../../training.ts'
import { drawnFiles, FORM } from './drawn.ts'

const drawn = drawnFiles(temporaryFolder(), 30)
const { files, y } = drawn
const augment = inTurn(shift({ most: 2 }), erase({ probability: 0.5 }))
const inMemory = (): Source => pixels(drawn.pixels, { image: [12, 10, 3], augment, seed: 3 })

const opened: ImageStream[] = []
function opening(options: object): ImageStream {
  const stream = imageStream({ files, y }, { size: FORM, augment, seed: 3, ...options })
  opened.push(stream)
  return stream
}
const streams = [
  { workers: 1, ahead: 1 },
  { workers: 2, ahead: 4 },
  { workers: 3, ahead: 2 },
].map(opening)
afterAll(() => Promise.all(opened.map(stream => stream.close())))

/** The bits of some batches. */
const batchesOf = (batches: Batches, count: number): unknown[] =>
  Array.from({ length: count }, () => {
    const { x, y, samples } = batches.next()
    return [x.shape, values(x), Array.from(y), Array.from(samples)]
  })

const samplings = fc.constantFrom<Sampling[]>(instances(), instances({ window: 7 }), classAware())

describe('a stream', () => {
  test('has the samples of images in memory: to the last bit, augmented, whatever the threads and how far ahead', () => {
    const start = inMemory().state()
    check(
      fc.property(
        fc.constantFrom(...streams),
        fc.integer({ min: 1, max: 16 }),
        fc.nat(99),
        samplings,
        (stream, size, seed, sampling) => {
          stream.load(start)
          const [a, b] = [stream, inMemory()].map(x => new Batches(x, y, size, seed, sampling))
          expect(batchesOf(a, 5)).toEqual(batchesOf(b, 5))
          expect(stream.state()).toEqual(b.x.state())
        },
      ),
      40,
    )
  })

  test('goes on from its state in the middle of an epoch, with other threads, bit for bit', () => {
    check(
      fc.property(
        fc.tuple(fc.constantFrom(...streams), fc.constantFrom(...streams)).filter(([a, b]) => a !== b),
        fc.integer({ min: 0, max: 9 }),
        samplings,
        ([first, second], steps, sampling) => {
          const a = new Batches(first, y, 4, 1, sampling)
          batchesOf(a, steps)
          const state = structuredClone(a.state())
          const b = new Batches(second, y, 4, 2, sampling)
          batchesOf(b, 2)
          b.load(state)
          expect(batchesOf(b, 6)).toEqual(batchesOf(a, 6))
        },
      ),
      30,
    )
  })

  test('trains a net to the same bits, and again from a checkpoint inside an epoch', async () => {
    const build = (x: Source): Trainer => {
      const rng = generator(2)
      const net = layers.sequential({
        flat: layers.flatten(),
        fc: layers.linear({ in: 360, out: 4, rng }),
      })
      // Centres that are computed anew look through the whole stream in the middle of a step.
      const loss = irCosFace({ classes: 4, dim: 4, s: 8 })
      return new Trainer({ net, loss, optimizer: both(net, loss), x, y, batch: 8, seed: 5 })
    }
    const whole = build(inMemory())
    await whole.run({ steps: 10 })
    const reports: unknown[] = []
    const first = build(opening({ workers: 2 }))
    await first.run({ steps: 5, onStep: report => reports.push(report) })
    const second = build(opening({ workers: 1, ahead: 2 }))
    second.load(first.state())
    for (let i = 0; i < 2; i++) second.step()
    for (let i = 0; i < 3; i++) await second.stepAsync()
    expect(bits(second.state())).toBe(bits(whole.state()))
    expect(reports).toHaveLength(5)
    expect(reports[4]).toMatchObject({ step: 5, samples: 8, waited: expect.toSatisfy(ms => ms >= 0) })
  })

  test('gives samples as they are, too, for embeddings and beside a training', () => {
    const [stream] = streams
    const batches = new Batches(stream, y, 8, 1)
    batches.next()
    const all = embed(layers.sequential({ flat: layers.flatten() }), stream, 7)
    expect(values(all)).toEqual(values(readImages(files)))
    const other = new Batches(inMemory(), y, 8, 1)
    other.next()
    expect(Array.from(batches.next().samples)).toEqual(Array.from(other.next().samples))
  })

  test('brings images to a size and to grey: the nearest bytes of what readImages has', () => {
    for (const channels of [1, 3] as const) {
      const form = { size: { height: 7, width: 5 }, channels }
      const [a, b] = [opening({ ...form, decoder: 'builtin' }).rows([0, 1, 4]), readImages(files, form)]
      const rows = values(b).slice(0, 35 * channels * 2)
      expect(a.shape).toEqual([3, 7, 5, channels])
      rows.forEach((v, i) => {
        expect(Math.abs(values(a)[i] - v)).toBeLessThanOrEqual(0.5 / 255 + 1e-7)
      })
    }
  })
})

test('a window keeps near the order of the data, and an epoch has each sample once', () => {
  check(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 60 }),
      fc.nat(),
      (n, window, seed) => {
        const sampler = instances({ window })(new Int32Array(n), 1, seed)
        const order = Array.from({ length: n }, () => sampler.next()[0])
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i))
        // None comes before the buffer has reached it.
        order.forEach((sample, i) => {
          expect(sample).toBeLessThan(i + window)
        })
        if (window === 1) expect(order).toEqual(order.toSorted((a, b) => a - b))
      },
    ),
  )
  const [a, b] = [instances({ window: 5 }), instances()].map(sampling => sampling(new Int32Array(9), 1, 0))
  expect(() => b.load(a.state())).toThrow('window')
  expect(() => instances({ window: 6 })(new Int32Array(9), 1, 0).load(a.state())).toThrow(
    'Batches: window is 6, got 5',
  )
  expect(() => instances({ window: 0 })).toThrow('instances: window as an integer >= 1 expected, got 0')
})
