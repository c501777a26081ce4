import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadFeatureMatrix } from '../../models/index.ts'
import { damage } from '../support/damage.ts'
import { check } from '../support/property.ts'

function matrixOf(
  rows: number,
  columns: number,
  values: readonly number[],
  wide: boolean,
  padding: number,
): Buffer {
  const stride = columns * (wide ? 8 : 4) + padding
  const bytes = Buffer.alloc(16 + rows * stride, 0xee)
  ;[rows, columns, stride, wide ? 6 : 5].forEach((value, i) => {
    bytes.writeInt32LE(value, 4 * i)
  })
  values.forEach((value, k) => {
    const at = 16 + Math.floor(k / columns) * stride + (k % columns) * (wide ? 8 : 4)
    if (wide) bytes.writeDoubleLE(value, at)
    else bytes.writeFloatLE(value, at)
  })
  return bytes
}

const side = fc.integer({ min: 1, max: 6 })
const matrix = fc
  .tuple(side, side, fc.boolean(), fc.nat(9))
  .chain(([rows, columns, wide, padding]) =>
    fc
      .array(fc.float({ noNaN: true }), { minLength: rows * columns, maxLength: rows * columns })
      .map(values => ({ values, bytes: matrixOf(rows, columns, values, wide, padding) })),
  )

describe('loadFeatureMatrix', () => {
  test('what was written is read, of both widths, whatever stands between rows', () => {
    check(
      fc.property(matrix, ({ values, bytes }) => {
        expect([...loadFeatureMatrix(bytes)]).toEqual(values)
        // Where a file stands in a larger one, at any place.
        const inside = Buffer.concat([Buffer.alloc(3), bytes]).subarray(3)
        expect([...loadFeatureMatrix(inside)]).toEqual(values)
      }),
    )
  })

  test("Python's file", () => {
    const path = join(import.meta.dirname, '..', 'models', 'images', 'containers', 'cases', 'feature.bin')
    expect(loadFeatureMatrix(readFileSync(path))).toEqual(Float32Array.of(0.5, -1.25, 3e-8))
  })

  const good = matrixOf(3, 1, [1, 2, 3], false, 0)
  const set = (at: number, value: number): Buffer => {
    const bytes = Buffer.from(good)
    bytes.writeInt32LE(value, at)
    return bytes
  }
  test.each([
    ['an empty file', Buffer.alloc(0), 'at byte 0: a header of 16 bytes expected, got 0'],
    ['no rows', set(0, 0), 'at byte 0: rows >= 1 expected, got 0'],
    ['negative columns', set(4, -1), 'at byte 4: columns >= 1 expected, got -1'],
    ['a narrow stride', set(8, 2), 'at byte 8: a stride of at least 4 bytes expected, got 2'],
    ['bytes', set(12, 0), 'at byte 12: type 5 (CV_32F) or 6 (CV_64F) expected, got 0'],
    ['rows that are missing', good.subarray(0, 24), 'at byte 16: 3 rows of 4 bytes expected, got 8 bytes'],
    [
      'rows that are far too many',
      set(0, 2 ** 31 - 1),
      'at byte 16: 2147483647 rows of 4 bytes expected, got 12',
    ],
  ])('%s is an error with its place', (_, bytes, message) => {
    expect(() => loadFeatureMatrix(bytes, 'a.bin')).toThrow(`loadFeatureMatrix: a.bin: ${message}`)
  })

  test('1,000 damaged files: each reads, or says where the damage is; nothing else happens', () => {
    check(
      fc.property(matrix, damage, ({ bytes }, of) => {
        const damaged = of(bytes)
        try {
          expect(4 * loadFeatureMatrix(damaged).length).toBeLessThanOrEqual(damaged.length)
        } catch (error) {
          expect((error as Error).message).toMatch(/^loadFeatureMatrix: at byte \d+: /)
        }
      }),
      1000,
    )
  })
})
