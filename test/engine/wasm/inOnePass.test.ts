import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { type Backend, Generator, type Tensor, tensor } from '../../../engine/index.ts'
import { norms, sums } from '../../../engine/sums.ts'
import { seeds, shapes } from '../../../engine/testing/index.ts'
import { CALLS, perform } from '../../support/calls/index.ts'
import { check } from '../../support/property.ts'

const wasm = createWasm({ threads: 1 })
const composing: Backend = {
  ...wasm,
  scaledSum: undefined,
  normalize: undefined,
  normalizeGrad: undefined,
  reduceEach: undefined,
}

/** Zeros of both signs are alike. */
const bits = (values: ArrayLike<number>): number[] => Array.from(values, v => v + 0)

// So that no figure depends on whether a backend has the kernel.
describe('in one pass to the bits of what ops compose', () => {
  test.each(['scaledSum', 'normalize', 'normalizeGrad'])('%s', name => {
    const call = CALLS.find(call => call.name === name)!
    check(
      fc.property(seeds(), seed => {
        const drawn = call.draw(new Generator(seed))
        expect(bits(perform(wasm, drawn).values)).toEqual(bits(perform(composing, drawn).values))
      }),
      60,
    )
  })

  // Also of no elements, of one, and of so many that the kernel adds up in parts.
  test.each([
    ['sums', sums],
    ['lengths', norms],
  ])('the %s of many tensors', (_, figures) => {
    const several = fc.array(fc.oneof(shapes(), fc.constantFrom([0], [2, 0, 3], [1, 1], [40_000])), {
      minLength: 1,
      maxLength: 8,
    })
    check(
      fc.property(several, seeds(), (sizes, seed) => {
        const rng = new Generator(seed)
        const values = sizes.map(shape => {
          const numbers = new Float32Array(shape.reduce((a, b) => a * b, 1)).map(() => rng.uniform() - 0.5)
          return { numbers, shape }
        })
        const of = (backend: Backend): number[] => {
          const xs = values.map(({ numbers, shape }): Tensor => tensor(numbers, { shape, backend }))
          return bits(figures(xs).dataSync())
        }
        expect(of(wasm)).toEqual(of(composing))
        expect(of(wasm).length).toBe(sizes.length)
      }),
      20,
    )
  })
})
