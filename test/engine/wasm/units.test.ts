import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Generator } from '../../../engine/index.ts'
import { seeds } from '../../../engine/testing/index.ts'
import { CALLS, free, upload } from '../../support/calls/index.ts'
import { createGuarded } from '../../support/guardedWasm.ts'
import { check } from '../../support/property.ts'

const { backend, kernels, called, watch } = createGuarded()

describe('the kernels write to their own blocks only, and the same bits however their units are shared', () => {
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
      call.cases ?? 40,
    )
  })

  it('all of them', () => {
    expect(kernels.filter(name => !called.has(name))).toEqual([])
  })
})
