import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import '../../engine/backends/wasm/build.mjs'
import { SEED, STEPS } from '../support/provided.ts'

/** What needs PyTorch (Debian: python3-torch), and so is no part of `npm test`. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['test/torch/*.test.ts'],
    setupFiles: ['test/support/setup.ts'],
    provide: { registry: true, modes: [], seed: SEED, steps: STEPS },
    testTimeout: 300_000,
  },
})
