import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Tensor, type TypedArray, tensor } from '../../engine/index.ts'
import { loadNpy, saveNpy } from '../../models/index.ts'
import { check } from '../support/property.ts'

const ARRAYS = { float64: Float64Array, float32: Float32Array, int32: Int32Array } as const
const bytesOf = (values: TypedArray): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength)
const file = (name: string): Buffer => readFileSync(new URL(`./cases/${name}.npy`, import.meta.url))

/** Any bits at all, NaNs with payloads among them. */
const tensors = fc
  .record({
    dtype: fc.constantFrom('float64', 'float32', 'int32'),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    bits: fc.uint8Array({ minLength: 4 ** 4 * 8, maxLength: 4 ** 4 * 8 }),
  })
  .map(({ dtype, shape, bits }) => {
    const size = shape.reduce((n, s) => n * s, 1)
    return tensor(new ARRAYS[dtype](bits.slice().buffer, 0, size), { shape })
  })

/** Cases that we write otherwise. */
const OTHERS = ['fortran', 'int64', 'bigEndian']

/** A file with this header, as version 1. */
function withHeader(header: string, data = new Uint8Array(24)): Uint8Array {
  const bytes = new Uint8Array(10 + header.length + data.length)
  bytes.set(Buffer.from('\x93NUMPY\x01\x00', 'latin1'))
  new DataView(bytes.buffer).setUint16(8, header.length, true)
  bytes.set(Buffer.from(header, 'latin1'), 10)
  bytes.set(data, 10 + header.length)
  return bytes
}
const headed = (change: object): Uint8Array => {
  const entries = Object.entries({ descr: "'<f4'", fortran_order: 'False', shape: '(2, 3)', ...change })
  return withHeader(`{${entries.map(([name, value]) => `'${name}': ${value}`).join(', ')}, }\n`)
}

describe('an .npy file', () => {
  test('gives back every bit, shape and dtype, at any offset of a larger buffer', () => {
    check(
      fc.property(tensors, fc.integer({ min: 0, max: 9 }), (t, offset) => {
        const bytes = saveNpy(t)
        const large = Buffer.alloc(offset + bytes.length + 3, 7)
        large.set(bytes, offset)
        const back = loadNpy(large.subarray(offset, offset + bytes.length))
        expect([back.dtype, back.shape]).toEqual([t.dtype, t.shape])
        expect(bytesOf(back.dataSync())).toEqual(bytesOf(t.dataSync()))
      }),
    )
  })

  test.each<[string, string, unknown]>([
    [
      'float32',
      'float32',
      [
        [0, 0.25, 0.5],
        [0.75, 1, 1.25],
      ],
    ],
    [
      'float64',
      'float64',
      [
        [0, 0.125, 0.25],
        [0.375, 0.5, 0.625],
      ],
    ],
    [
      'fortran',
      'int32',
      [
        [-2, -1, 0],
        [1, 2, 3],
      ],
    ],
    ['vector', 'float32', [1.5, -2]],
    [
      'int64',
      'int32',
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    [
      'bigEndian',
      'float32',
      [
        [0, 1, 2],
        [3, 4, 5],
      ],
    ],
    ['scalar', 'float64', 0.1],
  ])('of NumPy, %s, is read; and ours is the same file', (name, dtype, values) => {
    const t = loadNpy(file(name))
    expect([t.dtype, t.toArray()]).toEqual([dtype, values])
    if (!OTHERS.includes(name)) expect(Buffer.from(saveNpy(t))).toEqual(file(name))
  })

  test('is made of a tensor alone', () => {
    expect(() => saveNpy([1, 2] as unknown as Tensor)).toThrow(
      'saveNpy: t as a tensor, as tensor(..) makes one, expected, got [1, 2]',
    )
  })

  test('of version 2 and 3 is read', () => {
    const [v1, version] = [file('vector'), [2, 3]]
    for (const v of version) {
      const bytes = Buffer.concat([v1.subarray(0, 8), Buffer.from([v1[8], v1[9], 0, 0]), v1.subarray(10)])
      bytes[6] = v
      expect(loadNpy(bytes).toArray()).toEqual([1.5, -2])
    }
  })

  test.each<[string, Uint8Array, string]>([
    ['with a row more than it has', headed({ shape: '(3, 3)' }), '36 bytes of float32[3,3] expected, got 24'],
    ['with a huge shape', headed({ shape: '(9007199254740991, 9007199254740991)' }), 'bytes of float32['],
    ['with a shape beyond integers', headed({ shape: '(90071992547409910,)' }), 'a shape of sizes expected'],
    [
      'with a negative shape',
      headed({ shape: '(-2, -3)' }),
      'shape as a tuple of sizes, (2, 3), in the header',
    ],
    ['without a shape', headed({ shape: 'None' }), 'shape as a tuple of sizes, (2, 3), in the header'],
    ['of records', headed({ descr: "[('a', '<f4')]" }), 'got records (structured)'],
    ['of a kind to come', headed({ descr: "'<q9'" }), 'float16 to float64 expected, got <q9'],
    ['without a header', withHeader('2, 3'), 'a dict as header expected, got "2, 3"'],
    ['with an endless header', withHeader(`{${' '.repeat(20_000)}}`), 'a header of at most 10000 bytes'],
    [
      'of a version to come',
      Uint8Array.from(file('vector'), (b, i) => (i === 6 ? 4 : b)),
      'version 1, 2 or 3',
    ],
    ['that is none', Buffer.from('RIFF, a sound'), 'an .npy file, which begins with'],
    ['that is an .npz', Buffer.from('PK\x03\x04, a zip'), 'got a zip; an .npz holds one .npy an array'],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => loadNpy(bytes)).toThrow(message)
  })

  test('a name that is no text is refused', () => {
    expect(() => loadNpy(file('vector'), { file: 3 } as never)).toThrow(
      'loadNpy: file as a name expected, got 3',
    )
  })
})
