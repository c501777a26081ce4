import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import library from '../../vitest.config.ts'

/** The examples, as the library's own tests run. */
export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: { ...library.test, projects: undefined, include: ['test/examples/**/*.test.ts'] },
})
