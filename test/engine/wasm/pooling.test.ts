import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Backend, NDArray, Window } from '../../../engine/backends/backend.ts'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { outputSize } from '../../../engine/ops/window.ts'
import { sizeOf } from '../../../engine/shape.ts'
import { check } from '../../support/property.ts'
import { both, filled, numbers, type Operand, onThreads, sameBits } from './compare.ts'

const wasm = createWasm({ threads: 1 })

const upTo = (max: number) => fc.integer({ min: 1, max })
const sides = fc.tuple(upTo(3), upTo(3))

/** Windows of every kind, overlapping or with gaps; none lies in the padding only, as the op demands. */
const windows = fc
  .record({
    kernel: sides,
    stride: fc.tuple(upTo(4), upTo(4)),
    dilation: sides,
    more: fc.tuple(fc.nat(4), fc.nat(4)),
    oneSided: fc.boolean(),
    ceilMode: fc.boolean(),
  })
  .chain(({ kernel, stride, dilation, more, oneSided, ceilMode }) =>
    fc.tuple(fc.nat(kernel[0] >> 1), fc.nat(kernel[1] >> 1)).map(padding => {
      const input = [0, 1].map(
        i =>
          Math.max(dilation[i], dilation[i] * (kernel[i] - 1) + 1 - (oneSided ? 1 : 2) * padding[i]) +
          more[i],
      )
      const around = oneSided
        ? ([
            [0, padding[0]],
            [0, padding[1]],
          ] as const)
        : padding
      return outputSize('pool', [input[0], input[1]], kernel, { stride, padding: around, dilation, ceilMode })
    }),
  )

/** Three taps by steps of two, of which the last are cut off at the end: two taps beside windows of three. */
const cutOff = fc
  .record({ input: fc.tuple(upTo(9), upTo(9)), ceilMode: fc.boolean() })
  .map(({ input, ceilMode }) =>
    outputSize('pool', input, 3, { stride: 2, padding: ceilMode ? 1 : 'same', ceilMode }),
  )

/** A window, with x and v of its input and dz of its output. */
const casesOf = (windows: fc.Arbitrary<Window>) =>
  fc.record({ g: windows, batch: fc.nat(3), channels: fc.nat(21) }).chain(({ g, batch, channels }) => {
    const input = [batch, ...g.input, channels]
    const finite = fc.integer({ min: -9, max: 9 }).map(n => n / 8)
    return fc.record({
      g: fc.constant(g),
      x: filled(input, numbers),
      v: filled(input, finite),
      dz: filled([batch, ...g.output, channels], finite),
    })
  })

/** Sums of a few eighths are exact, and of the rest only the division by the area rounds, once for each term. */
function expectClose(
  operands: readonly Operand[],
  run: (k: Backend, x: NDArray[]) => NDArray,
  terms = 0,
): void {
  const { actual, expected } = both(wasm, operands, run)
  expect(actual.length).toBe(expected.length)
  actual.forEach((z, i) => {
    const e = Math.fround(expected[i])
    if (Object.is(z, e) || z === e) return
    // Each term is at most 9/8.
    if (!(Number.isFinite(e) && Math.abs(z - e) <= terms * 1.125 * 2 ** -23))
      expect.fail(`element ${i}: ${e} expected, got ${z}`)
  })
}

describe('wasm pooling', () => {
  test('maxPool2d takes v where x is largest, the first of equals', () => {
    check(
      fc.property(casesOf(windows), ({ g, x, v }) => {
        expectClose([v, x], (k, [a, b]) => k.maxPool2d(a, b, g))
        expectClose([x], (k, [a]) => k.maxPool2d(a, a, g))
      }),
      300,
    )
  })

  test.each([
    ['windows', windows],
    ['windows that are cut off', cutOff],
  ])('maxPool2dGrad gives dz to that place, in %s', (_, drawn) => {
    check(
      fc.property(casesOf(drawn), ({ g, x, dz }) =>
        expectClose([dz, x], (k, [a, b]) => k.maxPool2dGrad(a, b, g)),
      ),
      300,
    )
  })

  test('avgPool2d and its adjoint', () => {
    check(
      fc.property(casesOf(windows), ({ g, v, dz }) => {
        expectClose([v], (k, [a]) => k.avgPool2d(a, g), 1)
        expectClose([dz], (k, [a]) => k.avgPool2dGrad(a, g), sizeOf(g.kernel))
      }),
      300,
    )
  })

  test('the mean of a large window keeps its digits', () => {
    const g = outputSize('pool', [60, 70], [60, 70], {})
    const values = Float32Array.from({ length: 4200 * 5 }, (_, i) => 1 + ((i * 40503) % 65537) / 65536)
    const { actual, expected } = both(wasm, [{ shape: [1, 60, 70, 5], values }], (k, [x]) =>
      k.avgPool2d(x, g),
    )
    // 130 additions one after another, each off by at most 2^-24 of the sum.
    actual.forEach((z, i) => {
      expect(Math.abs(z / expected[i] - 1)).toBeLessThan(130 * 2 ** -24)
    })
  })

  test('a result does not depend on the number of threads', () => {
    const several = createWasm()
    for (const batch of [1, 7]) {
      const g: Window = outputSize('pool', [60, 61], [3, 2], { stride: 2, padding: 1 })
      const make = (size: readonly number[]): NDArray => {
        const shape = [batch, ...size, 150]
        const values = Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 40503) % 65537) / 65536)
        return several.upload(values, shape, 'float32')
      }
      const [x, v, dz] = [make(g.input), make(g.input), make(g.output)]
      for (const run of [
        () => several.maxPool2d(x, x, g),
        () => several.maxPool2d(v, x, g),
        () => several.maxPool2dGrad(dz, x, g),
        () => several.avgPool2d(x, g),
        () => several.avgPool2dGrad(dz, g),
      ]) {
        const [one, ...more] = onThreads(several, run)
        for (const other of more) expect(sameBits(other, one)).toBe(true)
      }
    }
  })
})
