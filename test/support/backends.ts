import { inject } from 'vitest'
import type { Backend } from '../../engine/backends/backend.ts'
import { BACKENDS } from '../../engine/backends/registry.ts'
import { thisHost } from '../../engine/backends/wasm/features.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Names of what to test here: rows of the registry. */
    backends: readonly string[]
  }
}

/** A backend under test. */
export interface Subject {
  readonly name: string
  readonly tolerance: number
  /** Random cases a test. */
  readonly runs: number
  create(): Promise<Backend>
}

/** The backends that this run of the tests is about, as its configuration says: the same tests for each. */
export const subjects = (): Subject[] => inject('backends').flatMap(subject)

function subject(name: string): Subject[] {
  const row = BACKENDS.find(row => row.name === name)
  if (row === undefined) throw new Error(`backends: a row of the registry expected, got ${name}`)
  if (!row.available(thisHost())) return []
  return [{ name, tolerance: row.tolerance, runs: 30, create: async () => row.create() }]
}
