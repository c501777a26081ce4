import { defineConfig } from 'vitest/config'
// The tests run on kernels as they stand, also under a plain `npx vitest`.
import './engine/backends/wasm/build.mjs'
import { SEED } from './test/support/provided.ts'

// V8 has had relaxed SIMD behind a flag up to 11.3, which is Node 20's: with it the tests reach `wasm-fma`.
const [major, minor] = process.versions.v8.split('.').map(Number)
const execArgv = major * 100 + minor < 1104 ? ['--experimental-wasm-relaxed-simd'] : []

const backends = ['wasm', 'reference', 'wasm-fma']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    execArgv,
    setupFiles: ['test/support/seed.ts'],
    provide: { backends, seed: SEED },
    testTimeout: 60_000,
  },
})
