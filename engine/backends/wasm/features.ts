import { FUSED, KERNELS } from './module.ts'

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), c => c.charCodeAt(0))

/** The compiled kernels; with `fma` those of the products come second, to take the place of the plain ones. */
export const modulesOf = (fma: boolean): WebAssembly.Module[] =>
  (fma ? [KERNELS, FUSED] : [KERNELS]).map(text => new WebAssembly.Module(bytesOf(text)))

/** What a host can do. */
export interface Host {
  /** WebAssembly with 128-bit SIMD, and a memory that grows without detaching. */
  readonly simd: boolean
  /** Fused multiply-adds besides (relaxed SIMD): Node from 22 on, and Node 20 by --experimental-wasm-relaxed-simd. */
  readonly fma: boolean
}

let host: Host | undefined

export function thisHost(): Host {
  const runs = (text: string): boolean =>
    typeof WebAssembly === 'object' && WebAssembly.validate(bytesOf(text))
  host ??= { simd: runs(KERNELS), fma: runs(KERNELS) && runs(FUSED) }
  return host
}

/**
 * Whether threads can share the work. A browser's main thread may not sleep until others are done, and a page that
 * is not cross-origin isolated cannot give its memory to them.
 */
export function canThread(): boolean {
  if (typeof SharedArrayBuffer !== 'function') return false
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}

/** More threads than any machine has use for; each is a worker, with memory of its own. */
const MOST_THREADS = 4096

/** Throws unless n threads can share the work here. */
export function checkThreads(n: number): void {
  if (!(Number.isInteger(n) && n >= 1)) throw new Error(`setThreads: an integer >= 1 expected, got ${n}`)
  if (n > MOST_THREADS) throw new Error(`setThreads: at most ${MOST_THREADS} expected, got ${n}`)
  if (n > 1 && !canThread()) {
    throw new Error(`setThreads: 1 expected on a browser's main thread or without isolation, got ${n}`)
  }
}

/** Threads beyond which the steps of training that this library is for gain nothing: their memory is the limit. */
const ENOUGH = 8

/** One for each core, at most `ENOUGH`; one where threads cannot share the work. */
export function defaultThreads(): number {
  if (!canThread()) return 1
  const os = globalThis.process?.getBuiltinModule?.('node:os')
  return Math.min(os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1, ENOUGH)
}

/** Half of the memory that this process may have. Infinity where that is not said: in a browser, and in Deno without its flag --allow-sys. */
export function halfOfMemory(): number {
  try {
    const { process } = globalThis
    const total = process.getBuiltinModule('node:os').totalmem()
    // 0 or absurdly much where there is no limit.
    const allowed = process.constrainedMemory() || Infinity
    return Math.min(total, allowed) / 2
  } catch {
    return Infinity
  }
}
