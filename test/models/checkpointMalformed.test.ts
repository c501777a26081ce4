import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { loadCheckpoint } from '../../models/checkpoint.ts'
import { writeSafetensors } from '../../models/interchange/safetensors/format.ts'
import { HOLDERS } from '../support/holders.ts'
import { small } from './smallCheckpoint.ts'

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

describe('a checkpoint', () => {
  it('reads files of other programs, whose metadata hold no values', () => {
    for (const metadata of [undefined, { format: 'pt' }]) {
      const state = loadCheckpoint(withHeader(small(), header => ({ ...header, __metadata__: metadata })))
      expect(state.values).toEqual({})
      expect(Array.from(state.tensors.a.dataSync())).toEqual([1, 2])
    }
  })

  it('of other programs may hold halves and wide integers, which become the nearest dtypes', () => {
    const blocks = [
      { name: 'half', dtype: 'F16', shape: [2], values: Uint16Array.of(0x3c00, 0xc000) },
      { name: 'wide', dtype: 'I64', shape: [1], values: BigInt64Array.of(-3n) },
    ] as const
    const { half, wide } = loadCheckpoint(writeSafetensors('test', blocks, {})).tensors
    expect([half.dtype, half.toArray()]).toEqual(['float32', [1, -2]])
    expect([wide.dtype, wide.toArray()]).toEqual(['int32', [-3]])
    const far = writeSafetensors('test', [{ ...blocks[1], values: BigInt64Array.of(2n ** 31n) }], {})
    expect(() => loadCheckpoint(far)).toThrow('checkpoint: wide: element [0]: an integer from -2147483648 to')
  })

  it.each(Object.entries(HOLDERS))('is read from %s', (_, hold) => {
    expect(Object.keys(loadCheckpoint(hold(small())).tensors).sort()).toEqual(['a', 'b', 'c'])
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

  it('names the file that it is from, whatever is wrong with it', () => {
    const bytes = small()
    const file = 'runs/cosFace-seed0.safetensors'
    for (let n = 0; n < bytes.length; n++) {
      expect(() => loadCheckpoint(bytes.subarray(0, n), { file })).toThrow(`checkpoint ${file}: `)
    }
    for (const change of [() => [1], (header: object) => ({ ...header, __metadata__: { values: '{' } })]) {
      expect(() => loadCheckpoint(withHeader(bytes, change), { file })).toThrow(`checkpoint ${file}: `)
    }
    const wrongKind = withHeader(bytes, header => ({
      ...header,
      a: { ...(header.a as object), dtype: 'F4' },
    }))
    expect(() => loadCheckpoint(wrongKind, { file })).toThrow(`checkpoint ${file}: `)
    expect(() => loadCheckpoint(file as never, { file })).toThrow(`checkpoint ${file}: bytes`)
    expect(loadCheckpoint(bytes, { file }).values).toEqual(loadCheckpoint(bytes).values)
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
    ['a dtype of another width', row({ dtype: 'BF16' }), '4 bytes for a[2] expected'],
    ['complex numbers', row({ dtype: 'C64', shape: [1] }), 'F32 or F64 expected, got "C64"'],
    ['an unknown dtype', row({ dtype: 'F4' }), 'a of dtype BOOL, I8, '],
    ['no dtype', row({ dtype: undefined }), 'F32 or F64 expected, got undefined'],
    ['no row', header => ({ ...header, a: 5 }), 'dtype, shape and data_offsets of a expected, got 5'],
    ['no object', () => [1], 'an object in the header of a safetensors file expected, got [1]'],
    [
      'metadata that are none',
      header => ({ ...header, __metadata__: 3 }),
      '__metadata__ of texts expected, got 3',
    ],
    [
      'values that are no text',
      header => ({ ...header, __metadata__: { values: {} } }),
      '__metadata__ of texts expected, got {"values":{}}',
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
})
