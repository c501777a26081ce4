import { describe, expect, it } from 'vitest'
import type { NDArray } from '../../../engine/backends/backend.ts'
import { createWasm } from '../../../engine/backends/wasm/index.ts'

/** More than 2^24 elements, where float32 no longer counts, in rows that end within a vector. */
const SIZE = 4099
const SHAPE = [SIZE, SIZE]

/** Spread over [-4, 4), without a period that vectors or blocks could share. */
const values = (n: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => (Math.imul(i, 2654435761) >>> 0) / 2 ** 29 - 4)

const k = createWasm()
const [matrix, line] = [values(SIZE * SIZE), values(SIZE)]
const x = k.upload(matrix, SHAPE, 'float32')
const row = k.upload(line, [SIZE], 'float32')
const column = k.upload(line, [SIZE, 1], 'float32')

/** Fails unless element i of z is within 2e-7 of expected(i): float32's rounding and one that approximates. */
function expectEach(z: NDArray, expected: (i: number, j: number) => number): void {
  const actual = k.readSync(z)
  k.free(z.buffer)
  let worst = { off: 0, at: 0 }
  for (let i = 0, at = 0; at < actual.length; i++) {
    for (let j = 0; j < SIZE && at < actual.length; j++, at++) {
      const y = expected(i, j)
      const off = Math.abs(actual[at] - y) / Math.max(Math.abs(y), 2 ** -126)
      if (!(off <= worst.off)) worst = { off, at }
    }
  }
  expect(worst.off, `element ${worst.at}`).toBeLessThan(2e-7)
}

describe('beyond 2^24 elements', () => {
  it.each([
    ['relu', (v: number) => Math.max(v, 0)],
    ['exp', Math.exp],
    ['tanh', Math.tanh],
  ] as const)('%s', (f, g) => {
    expectEach(k.unary(f, x), (i, j) => g(matrix[i * SIZE + j]))
  })

  it('add of a row, mul by a column, less', () => {
    expectEach(k.binary('add', x, row, SHAPE), (i, j) => Math.fround(matrix[i * SIZE + j] + line[j]))
    expectEach(k.binary('mul', column, x, SHAPE), (i, j) => Math.fround(matrix[i * SIZE + j] * line[i]))
    expectEach(k.binary('less', x, row, SHAPE), (i, j) => (matrix[i * SIZE + j] < line[j] ? 1 : 0))
  })

  it('permute and sums', () => {
    expectEach(k.permute(x, [1, 0]), (i, j) => matrix[j * SIZE + i])
    const ones = k.fill(1, SHAPE, 'float32')
    expectEach(k.reduce('sum', ones, [0, 1], []), () => SIZE * SIZE)
    expectEach(k.reduce('sum', ones, [0], [SHAPE[1]]), () => SIZE)
    expectEach(k.reduce('sum', ones, [1], [SHAPE[0]]), () => SIZE)
    k.free(ones.buffer)
  })
})
