import { refusal } from '../../check.ts'
import type { Backend } from '../backend.ts'
import { adam } from './adam.ts'
import { channels } from './channels.ts'
import { Context, type WasmOptions } from './context.ts'
import { convolution } from './conv2d.ts'
import { weightGradient } from './conv2dWeightGrad.ts'
import { elementwise } from './elementwise.ts'
import { checkThreads } from './features.ts'
import { indexing } from './indexing.ts'
import { matmul } from './matmul.ts'
import { movement } from './movement.ts'
import { normalize } from './normalize.ts'
import { oneVsRest } from './oneVsRest.ts'
import { pooling } from './pooling.ts'
import { prelu } from './prelu.ts'
import { quadraticAbove } from './quadraticAbove.ts'
import { reduction } from './reduce.ts'
import { sgd } from './sgd.ts'
import { softmax } from './softmax.ts'

/*
 * Words of this folder.
 *
 * - kernel: a function of kernels/, in AssemblyScript, compiled to WebAssembly; it works on addresses.
 * - block: what `Memory` gives; the argument block lies before all of them and holds a kernel's arguments.
 * - unit: what a kernel computes by itself; it is asked for units begin..end, and threads share them.
 * - scratch: memory of a thread's own, for the time of a kernel.
 * - lane, vector: one of four numbers, and the four that one instruction works on.
 * - tile: two rows and sixteen columns of a product, which one inner loop computes in registers.
 * - panel: sixteen columns of a matrix, row after row, as the tile reads them; zeros fill the last.
 * - run: terms of a sum that follow each other in memory: an offset and a length.
 * - place: a pixel of an image; tap: an element of a window, and where it reads, relative to the window's place.
 * - band: rows of a convolution's output whose input is copied at a time, with its padding.
 * - phase: the places of a gradient that lie a stride apart, and so have the same taps.
 * - part: a piece of a long sum that is added up by itself; its size does not depend on the number of threads.
 * - strip: columns that a unit takes of what is wider.
 */

export interface Wasm extends Backend, Disposable {
  /** How many threads share the work; results do not depend on it. */
  threads: number
  /** Are convolutions computed by their definition alone? See `WasmOptions`. */
  exact: boolean
  /** Bytes of memory that arrays take. */
  readonly used: number
  /** Ends its threads and gives up its memory, with all arrays in it: what computes with them throws from then on. */
  dispose(): void
}

/**
 * Kernels in WebAssembly with 128-bit SIMD, float32 and int32, on a memory of their own. Throws when this host lacks
 * WebAssembly SIMD.
 */
export const createWasm = (options?: WasmOptions): Wasm => wasmOn(new Context(options))

const shared: { wasm?: Wasm; fma?: Wasm } = {}
const wanted: Pick<WasmOptions, 'threads' | 'exact'> = {}

/** The backend `wasm` of this process. */
export function wasm(): Wasm {
  shared.wasm ??= createWasm(wanted)
  return shared.wasm
}

/** The backend `wasm-fma` of this process. */
export function wasmFma(): Wasm {
  shared.fma ??= createWasm({ ...wanted, fma: true })
  return shared.fma
}

/**
 * How many threads share the work of `wasm` and `wasm-fma`, this one among them; results do not depend on it. Default:
 * one a core, at most 8, and 1 on a browser page's main thread or without cross-origin isolation. Throws unless n is an
 * integer >= 1, and where threads cannot share the work unless n is 1. Other backends are not concerned.
 */
export function setThreads(n: number): void {
  checkThreads(n)
  wanted.threads = n
  for (const backend of [shared.wasm, shared.fma]) if (backend !== undefined) backend.threads = n
}

/**
 * Whether convolutions on `wasm` and `wasm-fma` are computed by their definition alone: each sum has its own terms and no
 * others. Default false: convolutions of stride 1 by 3 x 3 and 5 x 5 weights, and of stride 2 by 3 x 3, are computed by
 * minimal filtering where that takes less time. Its rounding errors are 1.5e-6 of the results for values of one size (sums in float32: 3e-7), but
 * relative to the largest values nearby (engine/NUMBERS.md). Throws unless `on` is a
 * boolean. Other backends are not concerned.
 */
export function setExact(on: boolean): void {
  if (typeof on !== 'boolean') throw refusal('setExact', 'true or false', on)
  wanted.exact = on
  for (const backend of [shared.wasm, shared.fma]) if (backend !== undefined) backend.exact = on
}

/** The backend whose memory and threads are those of `context`. */
export function wasmOn(context: Context): Wasm {
  const { memory, storage, threads } = context
  const kernels = {
    upload: storage.upload.bind(storage),
    uploadRows: storage.uploadRows.bind(storage),
    ...elementwise(context),
    ...reduction(context),
    ...movement(context),
    ...indexing(context),
    ...pooling(context),
    ...matmul(context),
    ...convolution(context),
    ...weightGradient(context),
    ...softmax(context),
    ...oneVsRest(context),
    ...quadraticAbove(context),
    ...channels(context),
    ...prelu(context),
    ...normalize(context),
    ...adam(context),
    ...sgd(context),
  }
  return {
    name: context.fma ? 'wasm-fma' : 'wasm',
    dtypes: ['float32', 'int32'],
    synchronous: true,
    get threads() {
      return threads.count
    },
    set threads(n) {
      threads.count = n
    },
    get exact() {
      return context.exact
    },
    set exact(on) {
      context.exact = on
    },
    get used() {
      return memory.used
    },
    dispose: () => context.dispose(),
    [Symbol.dispose]: () => context.dispose(),

    read: async x => storage.read(x),
    readSync: storage.read.bind(storage),
    valuesInPlace: storage.valuesInPlace.bind(storage),
    free: storage.free.bind(storage),
    leaveToCollector: storage.leaveToCollector.bind(storage),
    holdInMemory: storage.holdInMemory.bind(storage),
    isInMemory: storage.isInMemory.bind(storage),
    keepTransforms: storage.keepTransforms.bind(storage),

    ...storage.wrap(kernels),
  }
}
