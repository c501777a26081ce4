import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import '../../engine/backends/wasm/build.mjs'
import { SEED, STEPS } from '../support/provided.ts'

/** What needs onnxruntime-web, as main.ts runs it. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['test/onnx/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    provide: { registry: true, modes: [], seed: SEED, steps: STEPS },
    testTimeout: 120_000,
  },
})
