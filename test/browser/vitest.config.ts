import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import '../../engine/backends/wasm/build.mjs'
import { GPU_SUITES, SEED, STEPS } from '../support/provided.ts'
import { launchOptions } from './chromium.ts'

/** The suites of the GPU in a real Chromium, once on WebGL 2, once on WebGL and once on WebGPU. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: GPU_SUITES,
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 120_000,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: await launchOptions() }),
      instances: (['webgl2', 'webgl', 'webgpu'] as const).map(mode => ({
        browser: 'chromium' as const,
        name: mode,
        provide: { registry: false, modes: [mode], seed: SEED, steps: STEPS },
      })),
    },
  },
})
