import type { Shape } from '../../shape.ts'
import type { DType, NDArray } from '../backend.ts'
import { defaultThreads } from './features.ts'
import { Pool } from './pool.ts'
import { Storage } from './storage.ts'
import { Threads } from './threads.ts'

export interface WasmOptions {
  /** The most memory, in bytes. Default 4 GiB, or as much of it as this host reserves. */
  limit?: number
  /** What tensors outside every `tidy` may hold of it, in bytes; beyond, they live outside. Default 256 MiB. */
  budget?: number
  /**
   * What tensors may hold that live outside, in bytes; beyond, an op throws. Default half of the memory that the process
   * may have; in a browser what that allows.
   */
  outside?: number
  /** How many threads share the work; default one a core, at most 8, and 1 where threads cannot. */
  threads?: number
  /**
   * Products by fused multiply-adds: faster by a sixth, but how they round is the host's affair, so that results differ
   * between hosts. Default false. Throws where `thisHost().fma` does not hold.
   */
  fma?: boolean
}

/** What the kernels of one backend share: a memory, the arrays in it, and the threads that work on it. */
export class Core {
  readonly pool: Pool
  readonly storage: Storage
  readonly threads: Threads
  readonly fma: boolean

  constructor({ limit, budget, outside, threads = defaultThreads(), fma = false }: WasmOptions = {}) {
    this.fma = fma
    this.pool = new Pool(limit)
    this.storage = new Storage(this.pool, budget, outside)
    this.threads = new Threads(this.pool, fma)
    this.threads.count = threads
  }

  /** A new array, its values undefined, and its address. */
  allocate(shape: Shape, dtype: DType): { array: NDArray; at: number } {
    return this.storage.allocate(shape, dtype)
  }

  /** The address of an array. */
  at(x: NDArray): number {
    return this.storage.at(x)
  }

  /** Runs `f` with the address of `bytes` of memory, which are free again afterwards. */
  temporary<T>(bytes: number, f: (at: number) => T): T {
    const at = this.pool.allocate(bytes)
    try {
      return f(at)
    } finally {
      this.pool.release(at)
    }
  }
}
