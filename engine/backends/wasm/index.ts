import type { Shape } from '../../shape.ts'
import type { Backend, DType, TypedArray } from '../backend.ts'
import { channels } from './channels.ts'
import { convolution } from './conv2d.ts'
import { weightGradient } from './conv2dWeightGrad.ts'
import { Core, type WasmOptions } from './core.ts'
import { elementwise } from './elementwise.ts'
import { checkThreads } from './features.ts'
import { fused } from './fused.ts'
import { indexing } from './indexing.ts'
import { matmul } from './matmul.ts'
import { movement } from './movement.ts'
import { overlapping } from './overlapping.ts'
import { pooling } from './pooling.ts'
import { reduction } from './reduce.ts'

type Kernels = Omit<
  Backend,
  'name' | 'dtypes' | 'synchronous' | 'read' | 'readSync' | 'free' | 'leaveToCollector' | 'upload'
>

export interface Wasm extends Backend {
  /** How many threads share the work; results do not depend on it. */
  threads: number
  /** Bytes of memory that arrays take. */
  readonly used: number
}

/**
 * Kernels in WebAssembly with 128-bit SIMD, float32 and int32, on a memory of their own. Throws when this host lacks
 * WebAssembly SIMD.
 */
export const createWasm = (options?: WasmOptions): Wasm => wasmOn(new Core(options))

const shared: { wasm?: Wasm; fma?: Wasm } = {}
let wanted: number | undefined

/** The backend `wasm` of this process. */
export function wasm(): Wasm {
  shared.wasm ??= createWasm({ threads: wanted })
  return shared.wasm
}

/** The backend `wasm-fma` of this process. */
export function wasmFma(): Wasm {
  shared.fma ??= createWasm({ threads: wanted, fma: true })
  return shared.fma
}

/**
 * How many threads share the work of `wasm` and `wasm-fma`, this one among them; results do not depend on it. Default:
 * one a core, at most 8, and 1 on a browser page's main thread or without cross-origin isolation. Throws unless n is an
 * integer >= 1, and where threads cannot share the work unless n is 1. Other backends are not concerned.
 */
export function setThreads(n: number): void {
  checkThreads(n)
  wanted = n
  for (const backend of [shared.wasm, shared.fma]) if (backend !== undefined) backend.threads = n
}

/** The backend whose memory and threads are those of `core`. */
export function wasmOn(core: Core): Wasm {
  const { storage, threads } = core
  const pool = pooling(core)
  const kernels = staged(core, {
    ...elementwise(core),
    ...reduction(core),
    ...movement(core),
    ...indexing(core),
    ...pool,
    ...overlapping(core, pool),
    ...matmul(core),
    ...convolution(core),
    ...weightGradient(core),
    ...fused(core),
    ...channels(core),
  })
  return {
    name: core.fma ? 'wasm-fma' : 'wasm',
    dtypes: ['float32', 'int32'],
    synchronous: true,
    get threads() {
      return threads.count
    },
    set threads(n) {
      threads.count = n
    },
    get used() {
      return core.pool.used
    },

    upload(values: TypedArray, shape: Shape, dtype: DType) {
      const { array, at } = core.allocate(shape, dtype)
      const memory = dtype === 'int32' ? core.pool.ints : core.pool.floats
      memory.set(values, at / 4)
      return array
    },
    read: async x => storage.read(x),
    readSync: x => storage.read(x),
    free: buffer => storage.free(buffer),
    leaveToCollector: buffer => storage.leaveToCollector(buffer),

    ...kernels,
  }
}

/** Each kernel as one call of the storage, so that what is copied in for it goes when it ends. */
function staged(core: Core, kernels: Kernels): Kernels {
  const call =
    (kernel: (...args: never[]) => unknown) =>
    (...args: never[]) =>
      core.storage.call(kernel, ...args)
  return Object.fromEntries(Object.entries(kernels).map(([name, kernel]) => [name, call(kernel)])) as Kernels
}
