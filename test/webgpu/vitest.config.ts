import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import '../../engine/backends/wasm/build.mjs'
import { GPU_SUITES, SEED, STEPS } from '../support/provided.ts'

/** The suites of the GPU on WebGPU in Node, as main.ts runs them. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: GPU_SUITES,
    setupFiles: ['test/support/setup.ts', 'test/webgpu/setup.ts'],
    provide: { registry: false, modes: ['webgpu'], seed: SEED, steps: STEPS },
    testTimeout: 120_000,
  },
})
