import type { Mode } from '../../engine/backends/gpu/modes.ts'

/** What a configuration of the tests tells them: a browser has no environment to look it up in. */
declare module 'vitest' {
  interface ProvidedContext {
    /** Whether the backends of the registry are tested, */
    registry: boolean
    /** and which modes of the GPU's. */
    modes: readonly Mode[]
    /** Of fast-check's draws. */
    seed: number
    /** Of the trainings on a GPU. */
    steps: number
  }
}

/** Properties draw the same cases each time; `FC_SEED=n npm test` looks elsewhere. */
export const SEED = Number(process.env.FC_SEED ?? 20201111)

/** Steps of a training; `GPU_STEPS=300 npm run test:browser -- test/gpu/mainJob.test.ts --reporter verbose` takes more. */
export const STEPS = Number(process.env.GPU_STEPS ?? 20)

/** The tests that run wherever there is a GPU. */
export const GPU_SUITES = [
  'test/engine/accuracy.test.ts',
  'test/engine/crossEntropy.test.ts',
  'test/engine/parity.test.ts',
  'test/engine/longSums.test.ts',
  'test/engine/notANumber.test.ts',
  'test/engine/afterErrors.test.ts',
  'test/engine/edges.test.ts',
  'test/engine/gelu.test.ts',
  'test/losses/parity.test.ts',
  'test/losses/pairsParity.test.ts',
  'test/gpu/**/*.test.ts',
]
