import { expect, test } from 'vitest'
import { readDigits } from '../../examples/long-tail/digits.ts'
import { PIXELS } from '../../examples/long-tail/images.ts'
import { decodeDigits, encodeDigits } from '../../examples/playground/digits/format.ts'

const lists = readDigits()

test('the file gives back every pixel of every list, bit for bit', () => {
  const file = encodeDigits(lists)
  const back = decodeDigits(file)
  // By bytes: a deep comparison of 7.8 million numbers takes minutes.
  const bytes = (list: Float32Array): Buffer => Buffer.from(list.buffer, list.byteOffset, list.byteLength)
  expect(back.length).toBe(lists.length)
  for (const [i, list] of lists.entries()) expect(bytes(back[i]).equals(bytes(list))).toBe(true)
  // A byte a pixel, and the ten lengths.
  expect(file.length).toBe(40 + lists.reduce((sum, list) => sum + list.length, 0))
})

const few = lists.map(list => list.subarray(0, PIXELS))

test('a number that is no grey is refused', () => {
  const odd = few.with(3, new Float32Array(PIXELS).fill(0.5001))
  expect(() => encodeDigits(odd)).toThrow('encodeDigits: grey / 255 to three places expected, got 0.500')
  expect(() => encodeDigits(few.slice(1))).toThrow('encodeDigits: 10 lists expected, got 9')
})

test('a file that is cut or too long is refused', () => {
  const file = encodeDigits(few)
  expect(() => decodeDigits(file.subarray(0, 39))).toThrow('at least 40 bytes expected, got 39')
  expect(() => decodeDigits(file.subarray(0, -1))).toThrow('7880 bytes expected, as the head says, got 7879')
  expect(() => decodeDigits(new Uint8Array([...file, 0]))).toThrow('got 7881')
})
