import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { generator } from '../../engine/index.ts'
import { layers, loadSafetensors, resNet, saveSafetensors } from '../../models/index.ts'
import {
  type Code,
  type StoredTensor,
  writeSafetensors,
} from '../../models/interchange/safetensors/format.ts'
import { HOLDERS } from '../support/holders.ts'
import { check } from '../support/property.ts'
import { readFile } from './reader.ts'

/** Elements by the dtypes' own definitions: bits, and the float32 that they are. */
const bfloat16 = (bits: number): number => new Float32Array(Uint32Array.of(bits * 65536).buffer)[0]
const float16 = (bits: number): number => {
  const [sign, e, f] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (e === 31) return f === 0 ? sign * Infinity : Number.NaN
  return sign * (e === 0 ? f * 2 ** -24 : (1 + f / 1024) * 2 ** (e - 15))
}
/** Of the format's definition: exponent 15 and fraction 7 alone are no number. */
const float8 = (bits: number): number => {
  const [sign, e, f] = [bits >> 7 ? -1 : 1, (bits >> 3) & 15, bits & 7]
  if (e === 15 && f === 7) return Number.NaN
  return sign * (e === 0 ? f * 2 ** -9 : (1 + f / 8) * 2 ** (e - 7))
}

const integers = (low: number, high: number) => fc.integer({ min: low, max: high })
type Values = StoredTensor['values'] & ArrayLike<number | bigint>
interface Given {
  readonly code: Code
  /** Two of them. */
  readonly values: fc.Arbitrary<Values>
  readonly number?: (element: number) => number
}
const two = <T>(element: fc.Arbitrary<T>, make: (list: T[]) => Values): fc.Arbitrary<Values> =>
  fc.array(element, { minLength: 2, maxLength: 2 }).map(make)
/** Integers that float32 holds all. */
const EXACT = 2 ** 24
const GIVEN: readonly Given[] = [
  { code: 'F16', values: two(integers(0, 65535), v => Uint16Array.from(v)), number: float16 },
  { code: 'BF16', values: two(integers(0, 65535), v => Uint16Array.from(v)), number: bfloat16 },
  { code: 'F8_E4M3', values: two(integers(0, 255), v => Uint8Array.from(v)), number: float8 },
  { code: 'F8_E5M2', values: two(integers(0, 255), v => Uint8Array.from(v)), number: b => float16(b * 256) },
  { code: 'F32', values: two(fc.float(), v => Float32Array.from(v)) },
  { code: 'F64', values: two(fc.double(), v => Float64Array.from(v)) },
  { code: 'BOOL', values: two(integers(0, 1), v => Uint8Array.from(v)) },
  { code: 'U8', values: two(integers(0, 255), v => Uint8Array.from(v)) },
  { code: 'I8', values: two(integers(-128, 127), v => Int8Array.from(v)) },
  { code: 'U16', values: two(integers(0, 65535), v => Uint16Array.from(v)) },
  { code: 'I16', values: two(integers(-32768, 32767), v => Int16Array.from(v)) },
  { code: 'U32', values: two(integers(0, EXACT), v => Uint32Array.from(v)) },
  { code: 'I32', values: two(integers(-EXACT, EXACT), v => Int32Array.from(v)) },
  { code: 'U64', values: two(integers(0, EXACT), v => BigUint64Array.from(v, BigInt)) },
  { code: 'I64', values: two(integers(-EXACT, EXACT), v => BigInt64Array.from(v, BigInt)) },
]

describe.each(GIVEN.map(given => [given.code, given] as const))('%s', (code, { values, number }) => {
  test.each(['float32', 'float64'] as const)('is read into a %s net, rounded to the nearest', dtype => {
    check(
      fc.property(values, given => {
        const net = layers.prelu({ channels: 2, dtype })
        loadSafetensors(
          net,
          writeSafetensors('t', [{ name: 'weight', dtype: code, shape: [2], values: given }], {}),
        )
        const expected = Array.from(given, v => (number ?? Number)(v as number))
        const slope = net.state().tensors.slope
        expect([...slope.dataSync()]).toEqual(dtype === 'float32' ? expected.map(Math.fround) : expected)
      }),
    )
  })
})

test('beyond float32, a float is an Infinity; between two, the even one', () => {
  const net = layers.prelu({ channels: 4 })
  const values = Float64Array.of(1e300, -3.5e38, 1 + 2 ** -24, 1 + 3 * 2 ** -24)
  loadSafetensors(net, writeSafetensors('t', [{ name: 'weight', dtype: 'F64', shape: [4], values }], {}))
  expect([...net.state().tensors.slope.dataSync()]).toEqual([Infinity, -Infinity, 1, 1 + 2 ** -22])
})

/** Every tensor of a file, its counters too, as bfloat16: the upper halves. */
function inHalves(file: Uint8Array): { halved: Uint8Array; widened: Uint8Array } {
  const [halved, widened]: StoredTensor[][] = [[], []]
  for (const [name, { bytes, shape, dtype }] of readFile(file)) {
    const upper = dtype === 'F32' ? new Uint32Array(bytes.buffer).map(v => v >>> 16) : Uint32Array.of(0)
    halved.push({ name, shape, dtype: 'BF16', values: Uint16Array.from(upper) })
    if (dtype !== 'F32') continue
    widened.push({ name, shape, dtype: 'F32', values: new Float32Array(upper.map(v => v << 16).buffer) })
  }
  return { halved: writeSafetensors('t', halved, {}), widened: writeSafetensors('t', widened, {}) }
}

test.each(Object.entries(HOLDERS))('a whole net of halves, counters too, from %s', (_, hold) => {
  const build = (seed: number) => resNet({ dim: 3, input: [8, 8, 1], rng: generator(seed) })
  const [net, a, b] = [build(1), build(2), build(3)]
  const { halved, widened } = inHalves(saveSafetensors(net))
  loadSafetensors(a, hold(halved))
  loadSafetensors(b, widened)
  for (const [name, t] of Object.entries(a.state().tensors)) {
    expect(t.dataSync(), name).toEqual(b.state().tensors[name].dataSync())
  }
})

test('with a prefix, tensors beside it may be of any dtype', () => {
  const tensors = [
    { name: 'net.weight', dtype: 'F16', shape: [1], values: Uint16Array.of(0x3800) },
    { name: 'scales', dtype: 'F8_E8M0' as 'F32', shape: [1], values: Uint8Array.of(1) },
  ] as const
  const net = layers.prelu()
  const file = fileOf(tensors)
  loadSafetensors(net, file, { prefix: 'net.' })
  expect(net.state().tensors.slope.toArray()).toEqual([0.5])
})

test.each(['C64', 'F4', 'F8_E8M0', 'Q3'])('%s, of which no tensor is made, is refused by name', dtype => {
  const net = layers.prelu()
  const file = fileOf([{ name: 'weight', dtype: dtype as 'F32', shape: [1], values: new Uint8Array(8) }])
  expect(() => loadSafetensors(net, file)).toThrow(
    `loadSafetensors: weight of dtype BOOL, I8, I16, I32, I64, U8, U16, U32, U64, F8_E5M2, F8_E4M3, F16, BF16, F32 or F64 expected, got "${dtype}"`,
  )
  expect(net.state().tensors.slope.toArray()).toEqual([0.25])
})

function fileOf(tensors: readonly StoredTensor[]): Uint8Array {
  let at = 0
  const rows = tensors.map(({ name, dtype, shape, values }) => {
    at += values.byteLength
    return [name, { dtype, shape, data_offsets: [at - values.byteLength, at] }] as const
  })
  const text = Buffer.from(JSON.stringify(Object.fromEntries(rows)))
  const length = Buffer.alloc(8)
  length.writeUInt32LE(text.length)
  const parts = tensors.map(({ values: v }) => Buffer.from(v.buffer, v.byteOffset, v.byteLength))
  return Buffer.concat([length, text, ...parts])
}
