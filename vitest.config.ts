import { configDefaults, defineConfig } from 'vitest/config'
// The tests run on kernels as they stand, also under a plain `npx vitest`.
import './engine/backends/wasm/build.mjs'
import type { Mode } from './engine/backends/gpu/modes.ts'
import { headlessGl } from './test/headlessGl/gl.ts'
import { SEED, STEPS } from './test/support/provided.ts'

// V8 has had relaxed SIMD behind a flag up to 11.3, which is Node 20's: with it the tests reach `wasm-fma`.
const [major, minor] = process.versions.v8.split('.').map(Number)
const execArgv = major * 100 + minor < 1104 ? ['--experimental-wasm-relaxed-simd'] : []

const modes: Mode[] = ['cpu', 'webasm']
if (headlessGl() === 'draws') modes.push('headlessgl')

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Each by its own script: test:examples; test:onnx, which needs packages; test:playground, which needs a Chromium.
    exclude: [...configDefaults.exclude, 'test/{examples,onnx,playground}/**'],
    execArgv,
    setupFiles: ['test/support/seed.ts'],
    provide: { registry: true, modes, seed: SEED, steps: STEPS },
    testTimeout: 60_000,
  },
})
