import * as fc from 'fast-check'
import { beforeAll, describe, it } from 'vitest'
import type { Gpu } from '../../engine/backends/gpu/index.ts'
import { Generator } from '../../engine/index.ts'
import { seeds } from '../../engine/testing/index.ts'
import { gpuSubjects } from '../support/backends.ts'
import { check } from '../support/property.ts'
import { begin, PLAIN, settle } from './calls.ts'

describe.each(gpuSubjects())(
  "$name: kernels against the reference's in float64",
  ({ create, runs, ...accuracy }) => {
    let backend: Gpu
    beforeAll(async () => {
      backend = await create()
    })

    it.each(PLAIN.map(call => [call.name, call] as const))('%s', async (_, call) => {
      await check(
        fc.asyncProperty(seeds(), async seed => {
          const rng = new Generator(seed)
          await settle(backend, begin(backend, call, rng), accuracy, rng)
        }),
        runs,
      )
    })
  },
)
