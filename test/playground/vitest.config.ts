import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
// The page runs on kernels as they stand.
import '../../engine/backends/wasm/build.mjs'

/** The page in a real Chromium. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['test/playground/**/*.test.ts'],
    // A software renderer takes seconds a step on a machine that is busy.
    testTimeout: 600_000,
    hookTimeout: 300_000,
    // The counters are of a machine that has nothing else to do.
    fileParallelism: false,
  },
})
