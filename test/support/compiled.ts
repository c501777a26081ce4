import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Where the test processes that `runner` started put the library as JavaScript: its dependencies are found from there. */
export const compiledBy = (runner: number): string =>
  fileURLToPath(new URL(`../../node_modules/.cache/sources-${runner}`, import.meta.url))

/** After all tests of a run. */
export const teardown = (): void => rmSync(compiledBy(process.pid), { recursive: true, force: true })
