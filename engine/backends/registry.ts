import type { Backend, DType } from './backend.ts'
import { reference } from './reference/index.ts'
import { type Host, thisHost } from './wasm/features.ts'
import { wasm, wasmFma } from './wasm/index.ts'

interface BackendRow {
  readonly name: string
  readonly dtypes: readonly DType[]
  /** Can it run there? */
  available(host: Host): boolean
  create(): Backend
  /** How far results may lie from float64's, relative to the sum of the magnitudes that went into them. */
  readonly tolerance: number
}

/** One row a backend, the one to prefer first. */
export const BACKENDS = [
  {
    name: 'wasm',
    dtypes: ['float32', 'int32'],
    available: host => host.simd,
    create: wasm,
    // A product sums up to 384 terms in float32 before it stores them: sqrt(384) roundings of 6e-8, with room.
    tolerance: 1e-5,
  },
  {
    name: 'reference',
    dtypes: reference.dtypes,
    available: () => true,
    create: () => reference,
    tolerance: 1e-6,
  },
  // Only by name: its rounding is the host's affair.
  {
    name: 'wasm-fma',
    dtypes: ['float32', 'int32'],
    available: host => host.fma,
    create: wasmFma,
    tolerance: 1e-5,
  },
] as const satisfies readonly BackendRow[]

export type BackendName = (typeof BACKENDS)[number]['name'] | 'auto'

interface Wanted {
  /** `auto` passes over backends that cannot hold it. Default float32. */
  dtype?: DType
  /** What the host can do. Default: as found; a test may say otherwise. */
  host?: Host
}

let current: Backend | undefined

/**
 * The backend of that name; `auto` is the first of the registry that runs here and holds `dtype`. Throws when there is
 * none.
 */
export function backend(
  name: BackendName = 'auto',
  { dtype = 'float32', host = thisHost() }: Wanted = {},
): Backend {
  const rows: readonly BackendRow[] = BACKENDS
  const row = rows.find(
    b => (name === 'auto' ? b.dtypes.includes(dtype) : b.name === name) && b.available(host),
  )
  if (row === undefined) {
    const names = rows.filter(b => b.available(host)).map(b => b.name)
    throw new Error(`backend: one of auto, ${names.join(', ')} expected, got ${name}`)
  }
  return row.create()
}

/** Where new tensors go when they do not say. */
export function setBackend(choice: BackendName | Backend): void {
  current = typeof choice === 'string' ? (choice === 'auto' ? undefined : backend(choice)) : choice
}

/** The one set by `setBackend`, else the first that runs here and holds `dtype`. */
export const defaultBackend = (dtype: DType = 'float32'): Backend => current ?? backend('auto', { dtype })
