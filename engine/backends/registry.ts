import type { Backend } from './backend.ts'
import { reference } from './reference/index.ts'

interface BackendRow {
  readonly name: string
  /** Can it run here? */
  available(): boolean
  create(): Backend
  /** How far results may lie from float64's, relative to the sum of the magnitudes that went into them. */
  readonly tolerance: number
}

/** One row a backend, the one to prefer first. */
export const BACKENDS = [
  { name: 'reference', available: () => true, create: () => reference, tolerance: 1e-6 },
] as const satisfies readonly BackendRow[]

export type BackendName = (typeof BACKENDS)[number]['name'] | 'auto'

let current: Backend | undefined

/** The backend of that name; `auto` is the first of the registry that runs here. Throws when there is none. */
export function backend(name: BackendName = 'auto'): Backend {
  const row = BACKENDS.find(b => (name === 'auto' || b.name === name) && b.available())
  if (row === undefined) {
    throw new Error(`backend: one of auto, ${BACKENDS.map(b => b.name).join(', ')} expected, got ${name}`)
  }
  return row.create()
}

/** Where new tensors go when they do not say. */
export function setBackend(choice: BackendName | Backend): void {
  current = typeof choice === 'string' ? backend(choice) : choice
}

export function defaultBackend(): Backend {
  current ??= backend('auto')
  return current
}
