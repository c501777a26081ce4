import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { backend, type DType, type TypedArray } from '../../engine/index.ts'
import { loadNpy } from '../../models/index.ts'
import { smallFloats } from '../../models/interchange/elements.ts'
import { HOLDERS } from '../support/holders.ts'
import { check } from '../support/property.ts'

/** A line of numpy_cases.py. */
interface Row {
  readonly name: string
  readonly file: string
  readonly shape: readonly number[]
  readonly kind: string
  readonly values: readonly (string | number)[]
  readonly sha256: string
}

const lines = readFileSync(new URL('./cases/numpy.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const rows = lines.map(line => JSON.parse(line) as Row)
const named = (name: string): Row => rows.find(row => row.name === name)!
const bytesIn = ({ file }: Row): Uint8Array => Uint8Array.from(Buffer.from(file, 'base64'))
const read = rows.filter(({ values, name }) => values !== undefined && !name.includes('beyond'))
const refused = rows.filter(({ name }) => name.startsWith('refused'))

const NAMED: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, '-inf': -Infinity }
/** What NumPy says is there, as doubles, which hold it all but integers beyond 2^53. */
const expected = ({ values }: Row): number[] =>
  values.map(v => (typeof v === 'number' ? v : (NAMED[v] ?? Number(v))))
const nearest = (kind: string): DType =>
  kind === 'float64' ? 'float64' : kind.startsWith('float') ? 'float32' : 'int32'
const ARRAYS = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const
const held = (row: Row, dtype: DType): TypedArray => ARRAYS[dtype].from(expected(row))

describe('what numpy.save writes', () => {
  test('there are cases of each kind', () => {
    expect(new Set(read.map(row => row.kind)).size).toBe(12)
    expect(refused.length).toBe(7)
  })

  test.each(read.map(row => [row.name, row] as const))('%s', (_, row) => {
    const t = loadNpy(bytesIn(row))
    expect([t.dtype, t.shape]).toEqual([nearest(row.kind), row.shape])
    expect(t.dataSync()).toEqual(held(row, nearest(row.kind)))
  })

  test.each(read.map(row => [row.name, row] as const))('%s, into each dtype', (_, row) => {
    for (const dtype of ['float32', 'float64', 'int32'] as const) {
      const load = () => loadNpy(bytesIn(row), { dtype, backend: backend('reference') })
      const exact = expected(row).every(v => fits(v, dtype, row.kind))
      if (exact) expect(load().dataSync()).toEqual(held(row, dtype))
      else
        expect(load).toThrow(
          /^loadNpy: element \[[\d,]*\]: an integer .* expected, got .* of (int|uint|float)/,
        )
    }
  })

  test.each(refused.map(row => [row.name, row] as const))('%s', (_, row) => {
    expect(() => loadNpy(bytesIn(row))).toThrow(/^loadNpy: elements of .* expected, got [\w ()]+, /)
  })
})

/** Floats always go into floats, rounded; integers only as they are. */
function fits(v: number, dtype: DType, kind: string): boolean {
  if (dtype === 'int32') return Number.isInteger(v) && v >= -(2 ** 31) && v < 2 ** 31
  return kind.startsWith('float') || ARRAYS[dtype].of(v)[0] === v
}

describe('an integer that does not fit is named, with its place', () => {
  test.each([
    [
      'int64 beyond int32',
      undefined,
      '[1,1]: an integer from -2147483648 to 2147483647 expected, got 2147483648',
    ],
    [
      'uint64 beyond int64',
      'float64',
      '[1]: an integer that float64 holds expected, got 18446744073709551615',
    ],
    ['uint64 beyond int64', undefined, '[1]: an integer from -2147483648 to 2147483647 expected'],
  ] as const)('%s as %s', (name, dtype, message) => {
    expect(() => loadNpy(bytesIn(named(name)), { dtype })).toThrow(`loadNpy: element ${message}`)
  })

  test('float64 holds what int32 does not', () => {
    const t = loadNpy(bytesIn(named('int64 beyond int32')), { dtype: 'float64' })
    expect(t.toArray()).toEqual([
      [1, 2],
      [3, 2 ** 31],
    ])
  })
})

describe('small floats', () => {
  const all = (table: Float32Array): Float32Array => table.map(v => (Number.isNaN(v) ? 0 : v))

  test('float16: every number is what NumPy says', () => {
    const halves = all(smallFloats(5, 10)())
    const hash = createHash('sha256').update(new Uint8Array(halves.buffer)).digest('hex')
    expect(hash).toBe(named('all of float16').sha256)
  })

  test('bfloat16 is the upper half of float32, float8_e5m2 that of float16', () => {
    const upper = new Float32Array(Uint32Array.from({ length: 65536 }, (_, i) => i * 65536).buffer)
    expect(smallFloats(8, 7)()).toEqual(upper)
    const half = smallFloats(5, 10)()
    expect(smallFloats(5, 2)()).toEqual(Float32Array.from({ length: 256 }, (_, i) => half[i * 256]))
  })

  test('float8_e4m3fn has the numbers of the paper, and no Infinity', () => {
    const table = smallFloats(4, 3, false)()
    expect([0x7e, 0x08, 0x07, 0x01, 0x38, 0x80, 0xfe].map(bits => table[bits])).toEqual([
      ...[448, 2 ** -6, 0.875 * 2 ** -6, 2 ** -9, 1, -0, -448],
    ])
    expect([...table.keys()].filter(bits => !Number.isFinite(table[bits]))).toEqual([0x7f, 0xff])
    for (let bits = 1; bits < 0x7f; bits++) expect(table[bits]).toBeGreaterThan(table[bits - 1])
  })
})

test('floats round to the nearest float32, ties to even, and beyond its range to Infinity', () => {
  const row = named('<f8[3] C v2')
  check(
    fc.property(fc.array(fc.double(), { minLength: 3, maxLength: 3 }), values => {
      const bytes = bytesIn(row)
      new Uint8Array(bytes.buffer, bytes.length - 24).set(new Uint8Array(Float64Array.from(values).buffer))
      expect(loadNpy(bytes, { dtype: 'float32' }).dataSync()).toEqual(Float32Array.from(values, Math.fround))
    }),
  )
})

describe('loadNpy', () => {
  const row = named('<i8[2, 3] C v3')
  test.each(Object.entries(HOLDERS))('takes %s', (_, hold) => {
    expect(loadNpy(hold(bytesIn(row))).dataSync()).toEqual(held(row, 'int32'))
  })

  test.each<[string, () => unknown, string]>([
    [
      'a file, by its name',
      () => loadNpy(new Uint8Array(3), { file: 'y.npy' }),
      'loadNpy: y.npy: an .npy file',
    ],
    [
      'an element, by the name of its file',
      () => loadNpy(bytesIn(named('int64 beyond int32')), { file: 'y.npy' }),
      'loadNpy: y.npy: element [1,1]',
    ],
    [
      'an option it does not know',
      () => loadNpy(bytesIn(row), { dtypes: 'int32' } as object),
      'loadNpy: there is no option dtypes, did you mean dtype?',
    ],
    [
      'a dtype we have not',
      () => loadNpy(bytesIn(row), { dtype: 'int64' } as object),
      'loadNpy: dtype as one of float32, float64, int32 expected, got "int64"',
    ],
    [
      'float64 on a backend without it',
      () => loadNpy(bytesIn(named('<f8[] C v1')), { backend: backend('wasm') }),
      "float32 or int32, which backend wasm holds, expected, got float64; { dtype: 'float32' } rounds",
    ],
    [
      'a backend that is still to come',
      () => loadNpy(bytesIn(row), { backend: Promise.resolve(backend('wasm')) } as object),
      'got a Promise (await it)',
    ],
    ['a path', () => loadNpy('y.npy' as unknown as Uint8Array), 'got "y.npy" (a file is read first'],
  ])('refuses %s', (_, f, message) => {
    expect(f).toThrow(message)
  })
})
