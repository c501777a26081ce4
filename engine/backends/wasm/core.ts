import type { Shape } from '../../shape.ts'
import type { DType, NDArray } from '../backend.ts'
import { Pool } from './pool.ts'
import { Storage } from './storage.ts'
import { Threads } from './threads.ts'

/** What the kernels of one backend share: a memory, the arrays in it, and the threads that work on it. */
export class Core {
  readonly pool: Pool
  readonly storage: Storage
  readonly threads: Threads

  constructor(limit?: number) {
    this.pool = new Pool(limit)
    this.storage = new Storage(this.pool)
    this.threads = new Threads(this.pool)
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
