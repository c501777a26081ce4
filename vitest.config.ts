import { configDefaults, defineConfig } from 'vitest/config'
// The tests run on kernels as they stand, also under a plain `npx vitest`.
import './engine/backends/wasm/build.mjs'
import type { Mode } from './engine/backends/gpu/modes.ts'
import { headlessGl } from './test/headlessGl/gl.ts'
import { LongestFirst } from './test/support/longestFirst.ts'
import { SEED, STEPS } from './test/support/provided.ts'

// V8 has had relaxed SIMD behind a flag up to 11.3, which is Node 20's: with it the tests reach `wasm-fma`.
const [major, minor] = process.versions.v8.split('.').map(Number)
const execArgv = major * 100 + minor < 1104 ? ['--experimental-wasm-relaxed-simd'] : []

const modes: Mode[] = ['cpu', 'webasm']
if (headlessGl() === 'draws') modes.push('headlessgl')

/** Each in a process of its own: they replace modules, or wait for the garbage collector. */
const ISOLATED = [
  'test/engine/withoutGpuJs.test.ts',
  'test/engine/wasm/fallback.test.ts',
  'test/engine/wasm/storage.test.ts',
  'test/models/images/withoutSharp.test.ts',
]

export default defineConfig({
  test: {
    execArgv,
    setupFiles: ['test/support/setup.ts'],
    globalSetup: 'test/support/compiled.ts',
    // All cores: by default one of them is left to the main process, which has little to do.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    provide: { registry: true, modes, seed: SEED, steps: STEPS },
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'library',
          include: ['test/**/*.test.ts'],
          // Others by their own scripts: test:examples; test:onnx and test:head, which need packages; test:playground, which needs a Chromium;
          // test:stores, which installs databases; test:torch, which needs PyTorch.
          exclude: [
            ...configDefaults.exclude,
            'test/{examples,head,onnx,playground,stores,torch}/**',
            ...ISOLATED,
          ],
          // A process runs many files on one copy of the library, which takes longer to load than most files to run.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'isolated', include: ISOLATED } },
    ],
  },
})
