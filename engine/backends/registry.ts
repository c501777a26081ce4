import { checkOptions, type OptionNames, refusal, shown, shownName } from '../check.ts'
import { checkDType } from '../dtype.ts'
import { type Backend, checkBackend, type DType } from './backend.ts'
import type { Mode } from './gpu/modes.ts'
import { reference } from './reference/index.ts'
import { type Host, thisHost } from './wasm/features.ts'
import { wasm, wasmFma } from './wasm/index.ts'

interface BackendRow {
  readonly name: string
  readonly dtypes: readonly DType[]
  /** Can it run there? */
  available(host: Host): boolean
  /** What it wants of a host. */
  readonly needs: string
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
    needs: 'WebAssembly with SIMD',
    create: wasm,
    // A product sums up to 384 terms in float32 before it stores them: sqrt(384) roundings of 6e-8, with room.
    tolerance: 1e-5,
  },
  {
    name: 'reference',
    dtypes: reference.dtypes,
    available: () => true,
    needs: 'nothing',
    create: () => reference,
    tolerance: 1e-6,
  },
  // Only by name: its rounding is the host's affair.
  {
    name: 'wasm-fma',
    dtypes: ['float32', 'int32'],
    available: host => host.fma,
    needs: 'relaxed SIMD: Node 22, or Node 20 with --experimental-wasm-relaxed-simd',
    create: wasmFma,
    tolerance: 1e-5,
  },
] as const satisfies readonly BackendRow[]

/** The row of what takes a moment to start, and so has no place among those that are there at once. */
export const GPU = {
  name: 'gpu',
  dtypes: ['float32', 'int32'],
  // A thread adds up to 256 numbers to a float32 sum before it counts as a part: 256 roundings of 3e-8, all to one side.
  tolerance: 1e-5,
} as const

/** What `startBackend` takes besides: the graphics card, or a way of computing by its name. */
export type StartName = BackendName | typeof GPU.name | `${typeof GPU.name}:${Mode}`

export type BackendName = (typeof BACKENDS)[number]['name'] | 'auto'

interface Wanted {
  /** `auto` passes over backends that cannot hold it. Default float32. */
  dtype?: DType
  /** What the host can do. Default: as found; a test may say otherwise. */
  host?: Host
}

let current: Backend | undefined

/**
 * The backend of that name; `auto` is the first of the registry that runs here and holds `dtype`. Throws on another name,
 * and when it does not run here.
 */
export function backend(name: BackendName = 'auto', wanted: Wanted = {}): Backend {
  checkOptions('backend', wanted, { dtype: true, host: true } satisfies OptionNames<Wanted>)
  const { dtype = 'float32', host = thisHost() } = wanted
  checkDType('backend', dtype)
  if (shownName(name).split(':')[0] === GPU.name) {
    throw refusal('backend', `await startBackend("${name}"), since it takes a moment to start,`, name)
  }
  const rows: readonly BackendRow[] = BACKENDS
  const row = rows.find(b =>
    name === 'auto' ? b.dtypes.includes(dtype) && b.available(host) : b.name === name,
  )
  if (row === undefined) {
    throw new Error(`backend: one of auto, ${rows.map(b => b.name).join(', ')} expected, got ${shown(name)}`)
  }
  if (!row.available(host)) throw new Error(`backend: ${name} does not run here: it needs ${row.needs}`)
  return row.create()
}

/** As `backend`, and `gpu` and `gpu:mode`, which are loaded only then. Throws when it does not run here. */
export async function startBackend(name: StartName = 'auto'): Promise<Backend> {
  const [first, mode] = shownName(name).split(':')
  if (first !== GPU.name) return backend(name as BackendName)
  const { gpu } = await import('./gpu/index.ts')
  return gpu({ mode: mode as Mode | undefined })
}

/** Where new tensors go when they do not say. */
export function setBackend(choice: BackendName | Backend): void {
  if (typeof choice !== 'string') checkBackend('setBackend', choice)
  current = typeof choice === 'string' ? (choice === 'auto' ? undefined : backend(choice)) : choice
}

/** The one set by `setBackend`, else the first that runs here and holds `dtype`. */
export const defaultBackend = (dtype: DType = 'float32'): Backend => current ?? backend('auto', { dtype })
