import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import '../../engine/backends/wasm/build.mjs'
import { installOrt } from '../../examples/head/install.ts'
import { SEED, STEPS } from '../support/provided.ts'

installOrt(console.error)

/** The example of a head on a frozen model, on onnxruntime-web in Node and in a real Chromium. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['test/head/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    provide: { registry: true, modes: [], seed: SEED, steps: STEPS },
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
})
