import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, type Tensor, tensor } from '../../engine/index.ts'
import { cosFace } from '../../losses/index.ts'
import { Batches } from '../../models/data/batches.ts'
import {
  adam,
  classAware,
  embed,
  inTurn,
  loadCheckpoint,
  noise,
  pixels,
  type Source,
  saveCheckpoint,
  shift,
  smallNet,
  Trainer,
} from '../../models/index.ts'
import { bits, take, values } from './training.ts'

const image = [8, 8, 1] as const
const N = 20
const bytes = Uint8Array.from({ length: N * 64 }, (_, k) => (k * 37 + (k >> 5)) & 255)
const asTensor = (of: readonly number[]): Tensor =>
  tensor(Float32Array.from(of.flatMap(i => Array.from(bytes.subarray(i * 64, (i + 1) * 64), b => b / 255))), {
    shape: [of.length, ...image],
  })
const y = Int32Array.from({ length: N }, (_, i) => i % 3)
const augment = inTurn(shift({ most: 1 }), noise({ std: 0.1 }))

function trainerOf(x: Tensor | Source, seed = 3): Trainer {
  const net = smallNet({ dim: 4, rng: generator(1), input: image })
  const loss = cosFace({ classes: 3, dim: 4, s: 8 })
  const optimizer = adam([{ parameters: net.parameters }, { parameters: loss.parameters }])
  return new Trainer({ net, loss, optimizer, x, y, batch: 6, seed })
}

describe('images kept as bytes', () => {
  test('are x = bytes / 255 in the order asked for, also of some of them', () => {
    const lists = fc.array(fc.nat(N - 1), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(lists, lists, (of, raw) => {
        const source = pixels(bytes, { image, of })
        const picks = raw.map(p => p % of.length)
        expect(source.shape).toEqual([of.length, ...image])
        const expected = values(asTensor(picks.map(p => of[p])))
        expect(values(source.rows(picks))).toEqual(expected)
        expect(values(source.draw(picks)())).toEqual(expected)
      }),
    )
    expect(pixels(bytes, { image }).shape).toEqual([N, ...image])
  })

  test('train a net, and are embedded, as the tensor of the same values, bit for bit', () => {
    const all = asTensor(Array.from({ length: N }, (_, i) => i))
    const [a, b] = [trainerOf(pixels(bytes, { image })), trainerOf(all)]
    expect(take(a, 9)).toEqual(take(b, 9))
    expect(bits(a.net.state())).toBe(bits(b.net.state()))
    for (const block of [1, 7, 256]) {
      expect(values(embed(a.net, pixels(bytes, { image }), block))).toEqual(values(embed(b.net, all, block)))
    }
  })

  test('are augmented in training, by the seed, and never when they are embedded', () => {
    const make = (seed: number) => pixels(bytes, { image, augment, seed })
    const picks = [3, 3, 5]
    const [a, b, other] = [make(1), make(1), make(2)].map(source => values(source.draw(picks)()))
    expect(a).toEqual(b)
    expect(a).not.toEqual(other)
    expect(a.slice(0, 64)).not.toEqual(a.slice(64, 128))
    expect(values(make(1).rows(picks))).toEqual(values(asTensor(picks)))
  })

  test('go on from a checkpoint as if nothing had been, the augmentation too', () => {
    const make = (seed: number) => trainerOf(pixels(bytes, { image, augment, seed }))
    const whole = make(1)
    const losses = take(whole, 10)
    for (const stop of [0, 1, 4, 7]) {
      const first = make(1)
      take(first, stop)
      const resumed = make(99)
      take(resumed, 2)
      resumed.load(loadCheckpoint(saveCheckpoint(first.state())))
      expect(take(resumed, 10 - stop)).toEqual(losses.slice(stop))
      expect(bits(resumed.state())).toBe(bits(whole.state()))
    }
  })

  test('a state of other images, or of none that are augmented, is refused and nothing is changed', () => {
    const augmented = trainerOf(pixels(bytes, { image, augment }))
    const plain = trainerOf(pixels(bytes, { image }))
    take(augmented, 2)
    const before = bits(plain.state())
    expect(() => plain.load(augmented.state())).toThrow('unknown: augment')
    expect(bits(plain.state())).toBe(before)
    expect(() => augmented.load(plain.state())).toThrow('missing: augment')
  })

  test.each([
    [
      () => pixels(new Uint8Array(100), { image }),
      'pixels: a multiple of 64 bytes expected, [8,8,1] an image, got 100',
    ],
    [() => pixels(bytes, { image, of: [0, 20] }), 'pixels: images from 0 to 19 expected, got 20'],
    [() => pixels(bytes, { image, of: [0.5] }), 'pixels: images from 0 to 19 expected, got 0.5'],
  ])('%s throws', (make, message) => {
    expect(make).toThrow(message)
  })
})

describe('a batch that is prepared', () => {
  const make = (sampling = classAware()) =>
    new Batches(pixels(bytes, { image, augment, seed: 4 }), y, 5, 2, sampling)
  const next = (batches: Batches) => {
    const batch = batches.next()
    return [values(batch.x), [...batch.y]]
  }

  test('is the one that would have come, and the state stays that of before it', () => {
    const [a, b] = [make(), make()]
    for (let i = 0; i < 6; i++) {
      const before = JSON.stringify(b.state().values)
      if (i % 3 > 0) a.prepare()
      if (i % 3 > 1) a.prepare()
      expect(JSON.stringify(a.state().values)).toBe(before)
      expect(next(a)).toEqual(next(b))
    }
  })

  test('is forgotten when a state is loaded', () => {
    const [a, b] = [make(), make()]
    const start = a.state()
    const first = next(a)
    a.prepare()
    a.load(start)
    expect(next(a)).toEqual(first)
    next(b)
    expect(next(a)).toEqual(next(b))
  })
})
