import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Generator } from '../../../engine/index.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { CALLS, free, upload } from '../../support/calls/index.ts'
import { check } from '../../support/property.ts'
import { createTwin } from '../../support/wasmTwin.ts'

const { backend, kernels, called, watch } = await createTwin()

describe('the kernels give the same bits in WASM and as plain TypeScript, however their units are shared', () => {
  it.each(CALLS.map(call => [call.name, call] as const))('%s', (_, call) => {
    check(
      fc.property(seeds(), seed => {
        const rng = new Generator(seed)
        const drawn = call.draw(rng)
        const used = backend.used
        const floats = drawn.inputs.some(x => x.dtype === 'float32')
        const xs = upload(backend, drawn)
        const z = watch(rng, floats, () => drawn.run(backend, xs))
        free(backend, [...xs, z])
        expect(backend.used).toBe(used)
      }),
      40,
    )
  })

  it('all of them', () => {
    expect(kernels.filter(name => !called.has(name))).toEqual([])
  })
})
