import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasm } from '../../../engine/backends/wasm/index.ts'
import { type Backend, Generator } from '../../../engine/index.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { CALLS, perform } from '../../support/calls/index.ts'
import { check } from '../../support/property.ts'

const wasm = createWasm({ threads: 1 })
const composing: Backend = {
  ...wasm,
  scaledSum: undefined,
  normalize: undefined,
  normalizeGrad: undefined,
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
})
