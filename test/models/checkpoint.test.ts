import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, type State, type TypedArray, tensor } from '../../engine/index.ts'
import { loadCheckpoint, saveCheckpoint } from '../../models/checkpoint.ts'

const ARRAYS = { float64: Float64Array, float32: Float32Array, int32: Int32Array } as const

/** Any bits at all, NaNs with payloads and infinities among them. */
const anyTensor = fc
  .record({
    dtype: fc.constantFrom('float64', 'float32', 'int32'),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    bits: fc.uint8Array({ minLength: 64 * 8, maxLength: 64 * 8 }),
  })
  .map(({ dtype, shape, bits }) => {
    const size = shape.reduce((n, s) => n * s, 1)
    const values: TypedArray = new ARRAYS[dtype](bits.slice().buffer, 0, size)
    return { values, shape, dtype }
  })

const name = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', '0', 'a.b'),
)
const json = fc.jsonValue().map(value => JSON.parse(JSON.stringify(value)) as Json)
const states = fc.record({
  rows: fc.dictionary(name, anyTensor, { maxKeys: 5, noNullPrototype: true }),
  values: fc.dictionary(name, json, { maxKeys: 4, noNullPrototype: true }),
})

const bitsOf = (values: TypedArray): number[] =>
  Array.from(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))

function build({
  rows,
  values,
}: {
  rows: Record<string, { values: TypedArray; shape: number[] }>
  values: Record<string, Json>
}): State {
  const kept = Object.entries(rows).filter(([key]) => key !== '__metadata__')
  return {
    tensors: Object.fromEntries(kept.map(([key, row]) => [key, tensor(row.values, { shape: row.shape })])),
    values,
  }
}

/** Rebuilds a checkpoint with its header changed. */
function withHeader(bytes: Uint8Array, change: (header: Record<string, unknown>) => unknown): Uint8Array {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  const text = new TextEncoder().encode(JSON.stringify(change(header)))
  const out = new Uint8Array(8 + text.length + bytes.length - 8 - length)
  new DataView(out.buffer).setBigUint64(0, BigInt(text.length), true)
  out.set(text, 8)
  out.set(bytes.subarray(8 + length), 8 + text.length)
  return out
}

const small = (): Uint8Array =>
  saveCheckpoint({
    tensors: {
      a: tensor([1, 2]),
      b: tensor([[3]], { dtype: 'float64' }),
      c: tensor([4], { dtype: 'int32' }),
    },
    values: { step: 3, rng: [1, -2, 3, 4] },
  })

describe('a checkpoint', () => {
  it('gives back every bit, shape, dtype, name and value', () => {
    fc.assert(
      fc.property(states, drawn => {
        const state = build(drawn)
        const back = loadCheckpoint(saveCheckpoint(state))
        expect(Object.keys(back.tensors).sort()).toEqual(Object.keys(state.tensors).sort())
        for (const [key, t] of Object.entries(state.tensors)) {
          const other = back.tensors[key]
          expect([other.dtype, other.shape]).toEqual([t.dtype, t.shape])
          expect(bitsOf(other.dataSync())).toEqual(bitsOf(t.dataSync()))
        }
        expect(JSON.stringify(back.values)).toBe(JSON.stringify(state.values))
      }),
    )
  })

  it('gives the same bytes for the same state, and reads them at any offset of a larger buffer', () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 0, max: 9 }), (drawn, offset) => {
        const state = build(drawn)
        const bytes = saveCheckpoint(state)
        const large = Buffer.alloc(bytes.length + offset + 3, 7)
        large.set(bytes, offset)
        const back = loadCheckpoint(large.subarray(offset, offset + bytes.length))
        expect(bitsOf(Int8Array.from(saveCheckpoint(back)) as never)).toEqual(
          bitsOf(Int8Array.from(bytes) as never),
        )
      }),
    )
  })

  it('is safetensors: padded header, offsets from its end, each element at a multiple of its size', () => {
    const bytes = small()
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect((8 + length) % 8).toBe(0)
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      __metadata__: { format: 'ir-softmax', values: '{"step":3,"rng":[1,-2,3,4]}' },
      b: { dtype: 'F64', shape: [1, 1], data_offsets: [0, 8] },
      a: { dtype: 'F32', shape: [2], data_offsets: [8, 16] },
      c: { dtype: 'I32', shape: [1], data_offsets: [16, 20] },
    })
    const data = new DataView(bytes.buffer, 8 + length)
    expect([data.getFloat64(0, true), data.getFloat32(12, true), data.getInt32(16, true)]).toEqual([3, 2, 4])
  })

  it('reads files of other programs, whose metadata hold no values', () => {
    for (const metadata of [undefined, { format: 'pt' }]) {
      const state = loadCheckpoint(withHeader(small(), header => ({ ...header, __metadata__: metadata })))
      expect(state.values).toEqual({})
      expect(Array.from(state.tensors.a.dataSync())).toEqual([1, 2])
    }
  })

  it('cut short anywhere is an error that says so', () => {
    const bytes = small()
    for (let n = 0; n < bytes.length; n++) {
      expect(() => loadCheckpoint(bytes.subarray(0, n)), `${n} bytes`).toThrow(
        /^checkpoint: .* expected, got /,
      )
    }
    expect(() => loadCheckpoint(Uint8Array.from([...bytes, 0]))).toThrow(
      'checkpoint: 20 bytes of data expected, got 21',
    )
  })

  it('with any bytes changed either loads or is an error that says so', () => {
    const bytes = small()
    const changes = fc.array(
      fc.record({ at: fc.integer({ min: 0, max: bytes.length - 1 }), to: fc.integer({ min: 0, max: 255 }) }),
      { minLength: 1, maxLength: 4 },
    )
    let refused = 0
    fc.assert(
      fc.property(changes, list => {
        const changed = bytes.slice()
        for (const { at, to } of list) changed[at] = to
        try {
          const state = loadCheckpoint(changed)
          for (const t of Object.values(state.tensors)) expect(t.dataSync()).toHaveLength(t.size)
        } catch (error) {
          refused++
          expect((error as Error).message).toMatch(/^checkpoint: /)
        }
      }),
      { numRuns: 1000 },
    )
    // The header is most of these bytes: a reader that accepts everything would pass otherwise.
    expect(refused).toBeGreaterThan(100)
  })

  it('of any bytes at all either loads or is an error that says so', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.json(), (tail, text) => {
        const header = new TextEncoder().encode(text)
        const bytes = new Uint8Array(8 + header.length + tail.length)
        new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
        bytes.set(header, 8)
        bytes.set(tail, 8 + header.length)
        for (const input of [tail, bytes]) {
          try {
            loadCheckpoint(input)
          } catch (error) {
            expect((error as Error).message).toMatch(/^checkpoint: /)
          }
        }
      }),
    )
  })

  const row = (change: object) => (header: Record<string, unknown>) => ({
    ...header,
    a: { ...(header.a as object), ...change },
  })
  it.each<[string, (header: Record<string, unknown>) => unknown, string]>([
    ['overlapping tensors', row({ data_offsets: [4, 12] }), 'a at byte 8 of the data expected, got byte 4'],
    [
      'tensors out of range',
      row({ data_offsets: [800, 808] }),
      'c at byte 8 of the data expected, got byte 16',
    ],
    [
      'offsets back to front',
      row({ data_offsets: [16, 8] }),
      '8 bytes for a[2] expected, got data_offsets 16 to 8',
    ],
    [
      'offsets that are none',
      row({ data_offsets: [8, 16, 24] }),
      "a's two data_offsets expected, got [8,16,24]",
    ],
    ['a shape of other size', row({ shape: [3] }), '12 bytes for a[3] expected, got data_offsets 8 to 16'],
    ['a negative shape', row({ shape: [-1, -2] }), "a's shape of sizes expected, got [-1,-2]"],
    ['a huge shape', row({ shape: [2 ** 52, 2 ** 52] }), 'bytes for a['],
    ['an unknown dtype', row({ dtype: 'BF16' }), 'a of dtype F64, F32 or I32 expected, got "BF16"'],
    ['no dtype', row({ dtype: undefined }), 'a of dtype F64, F32 or I32 expected, got undefined'],
    ['no row', header => ({ ...header, a: 5 }), 'dtype, shape and data_offsets of a expected, got 5'],
    ['no object', () => [1], 'an object in the header expected, got [1]'],
    [
      'metadata that are none',
      header => ({ ...header, __metadata__: 3 }),
      '__metadata__ of texts expected, got 3',
    ],
    [
      'values that are no text',
      header => ({ ...header, __metadata__: { values: {} } }),
      'values as JSON text expected',
    ],
    [
      'values that are no JSON',
      header => ({ ...header, __metadata__: { values: '{' } }),
      'JSON expected in the values',
    ],
  ])('with %s is refused', (_, change, message) => {
    expect(() => loadCheckpoint(withHeader(small(), change))).toThrow(message)
  })

  it('with a header longer than the file is refused before anything is read', () => {
    const bytes = small()
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 63n, true)
    expect(() => loadCheckpoint(bytes)).toThrow('a length of 9223372036854775808')
  })

  it('with a header that is not UTF-8 is refused, rather than read with other names', () => {
    const bytes = small()
    bytes[bytes.indexOf('a'.charCodeAt(0), 8)] = 0xff
    expect(() => loadCheckpoint(bytes)).toThrow('checkpoint: JSON expected in the header')
  })

  it('is not written with what it could not give back', () => {
    const tensors = {}
    expect(() => saveCheckpoint({ tensors, values: { a: [1, { b: Number.NaN }] } })).toThrow(
      'at values.a.1.b expected, got NaN',
    )
    expect(() => saveCheckpoint({ tensors: { __metadata__: tensor(1) }, values: {} })).toThrow(
      'reserved __metadata__',
    )
  })
})
