import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, bytesOf } from '../../models/files.ts'
import { HOLDERS } from '../support/holders.ts'
import { check } from '../support/property.ts'

describe('bytesOf', () => {
  test.each(Object.entries(HOLDERS))('%s: the same bytes, not copied', (_, hold) => {
    check(
      fc.property(fc.uint8Array({ maxLength: 20 }), bytes => {
        const held = hold(bytes)
        const seen = bytesOf('test', held)
        expect([...seen]).toEqual([...bytes])
        expect(seen.buffer).toBe('buffer' in held ? held.buffer : held)
      }),
    )
  })

  test('takes those of another realm', () => {
    for (const text of ['new Uint8Array([1, 2])', 'new Uint8Array([1, 2]).buffer']) {
      expect([...bytesOf('test', runInNewContext(text) as Bytes)]).toEqual([1, 2])
    }
  })

  test.each<[string, unknown, string]>([
    ['floats', Float32Array.of(0.5), 'got a Float32Array'],
    ['signed bytes', Int8Array.of(-1), 'got a Int8Array'],
    ['a list', [1, 2], 'got [1, 2]'],
    ['a path', 'net.npy', 'got "net.npy" (a file is read first: readFileSync, fetch)'],
    ['a promise', Promise.resolve(new Uint8Array(1)), 'got a Promise (await it)'],
    ['nothing', undefined, 'got undefined'],
  ])('refuses %s', (_, value, got) => {
    expect(() => bytesOf('test', value as Bytes)).toThrow(
      `test: bytes (Uint8Array, ArrayBuffer or DataView) expected, ${got}`,
    )
  })
})
