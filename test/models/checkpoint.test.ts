import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Json, type State, type TypedArray, tensor } from '../../engine/index.ts'
import { loadCheckpoint, saveCheckpoint } from '../../models/checkpoint.ts'
import { small } from './smallCheckpoint.ts'

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
