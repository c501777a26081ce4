import { defineConfig } from 'vitest/config'
// The tests run on kernels as they stand, also under a plain `npx vitest`.
import './engine/backends/wasm/build.mjs'

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], setupFiles: ['test/support/seed.ts'], testTimeout: 60_000 },
})
