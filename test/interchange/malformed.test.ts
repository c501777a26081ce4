import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator, tensor } from '../../engine/index.ts'
import { layers, loadNpy, loadSafetensors, saveNpy, saveSafetensors } from '../../models/index.ts'
import { check } from '../support/property.ts'

const net = layers.sequential({
  conv: layers.conv2d({ in: 1, out: 16, kernel: 5, rng: generator(1) }),
  bn: layers.batchNorm({ channels: 16 }),
})

const READERS = {
  loadSafetensors: {
    files: [Buffer.from(saveSafetensors(net))],
    load: (bytes: Uint8Array) => loadSafetensors(net, bytes),
  },
  loadNpy: {
    files: [
      Buffer.from(saveNpy(tensor([[1, 2, 3]]))),
      readFileSync(new URL('./cases/fortran.npy', import.meta.url)),
    ],
    load: loadNpy,
  },
}

const from = (min: number, max: number) => fc.integer({ min, max })

/** A file that is cut, lengthened, changed in single bytes, has a part doubled or removed, or digits exchanged. */
const damaged = (files: readonly Buffer[]): fc.Arbitrary<Buffer> =>
  fc.constantFrom(...files).chain(file => {
    const at = from(0, file.length - 1)
    const digits = [...file.keys()].filter(i => file[i] >= 0x30 && file[i] <= 0x39)
    return fc.oneof(
      at.map(n => file.subarray(0, n)),
      fc.uint8Array({ minLength: 1, maxLength: 40 }).map(more => Buffer.concat([file, more])),
      fc.array(fc.tuple(at, from(0, 255)), { minLength: 1, maxLength: 4 }).map(changes => {
        const changed = Buffer.from(file)
        for (const [i, to] of changes) changed[i] = to
        return changed
      }),
      fc.tuple(at, at, fc.boolean()).map(([a, b, twice]) => {
        const [begin, end] = [Math.min(a, b), Math.max(a, b)]
        return Buffer.concat(
          twice
            ? [file.subarray(0, end), file.subarray(begin)]
            : [file.subarray(0, begin), file.subarray(end)],
        )
      }),
      fc
        .array(fc.tuple(fc.constantFrom(...digits), from(0, 9)), { minLength: 1, maxLength: 3 })
        .map(changes => {
          const changed = Buffer.from(file)
          for (const [i, to] of changes) changed[i] = 0x30 + to
          return changed
        }),
      fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
    )
  })

describe.each(Object.entries(READERS))('%s', (name, { files, load }) => {
  test('of 1,000 damaged files, either reads or is an error that says what was expected', () => {
    let [read, refused] = [0, 0]
    check(
      fc.property(damaged(files), bytes => {
        try {
          load(bytes)
          read++
        } catch (error) {
          refused++
          expect((error as Error).message).toMatch(new RegExp(`^${name}: .* expected`, 's'))
        }
      }),
      1000,
    )
    // Some changes are of values alone. A reader that took everything, or nothing, would pass otherwise.
    expect(read).toBeGreaterThan(10)
    expect(refused).toBeGreaterThan(500)
  })

  test('refuses each beginning of a file', () => {
    for (const file of files) {
      for (let n = 0; n < file.length; n++) {
        expect(() => load(file.subarray(0, n)), `${n} bytes`).toThrow(
          new RegExp(`^${name}: .* expected`, 's'),
        )
      }
    }
  })
})

test('a header nested beyond any stack is an error like others', () => {
  const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  const bytes = new Uint8Array(8 + deep.length)
  new DataView(bytes.buffer).setUint32(0, deep.length, true)
  bytes.set(Buffer.from(deep), 8)
  expect(() => loadSafetensors(net, bytes)).toThrow(
    /^loadSafetensors: .* of a expected, got something nested/,
  )
})

test('what a file promises is not allocated before it is seen to be there', () => {
  const claims = { weight: { dtype: 'F64', shape: [2 ** 40], data_offsets: [0, 2 ** 43] } }
  const text = Buffer.from(JSON.stringify(claims))
  const bytes = new Uint8Array(8 + text.length)
  bytes[0] = text.length
  bytes.set(text, 8)
  expect(() => loadSafetensors(layers.prelu(), bytes)).toThrow(`${2 ** 43} bytes of data expected, got 0`)
})

test('two tensors in one place are refused', () => {
  const row = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }
  const text = Buffer.from(JSON.stringify({ a: row, b: row }))
  const bytes = Buffer.concat([Buffer.of(text.length, 0, 0, 0, 0, 0, 0, 0), text, Buffer.alloc(8)])
  expect(() => loadSafetensors(layers.prelu(), bytes)).toThrow('b at byte 4 of the data expected, got byte 0')
})
