import { defaultThreads } from './features.ts'
import { Memory } from './memory.ts'
import { Storage } from './storage.ts'
import { Threads } from './threads.ts'

export interface WasmOptions {
  /** The most memory, in bytes. Default 4 GiB, or as much of it as this host reserves. */
  limit?: number
  /** What tensors outside every `tidy` may hold of it, in bytes; beyond, they move out. Default 256 MiB. */
  budget?: number
  /**
   * What tensors may hold that moved out of the memory, in bytes; beyond, an op throws. Default half of the memory that
   * the process may have; in a browser what that allows.
   */
  movedOut?: number
  /** How many threads share the work; default one a core, at most 8, and 1 where threads cannot. */
  threads?: number
  /**
   * Products by fused multiply-adds: faster by a sixth, but how they round is the host's affair, so that results differ
   * between hosts. Default false. Throws where `thisHost().fma` does not hold.
   */
  fma?: boolean
  /**
   * Convolutions by their definition alone: each sum has its own terms and no others. Default false: where that takes
   * less time they are computed by minimal filtering, whose rounding errors are relative to the largest terms nearby.
   */
  exact?: boolean
}

/** What the kernels of one backend share: a memory, the arrays in it, and the threads that work on it. */
export class Context {
  readonly memory: Memory
  readonly storage: Storage
  readonly threads: Threads
  readonly fma: boolean
  exact: boolean

  constructor({
    limit,
    budget,
    movedOut,
    threads = defaultThreads(),
    fma = false,
    exact = false,
  }: WasmOptions = {}) {
    this.fma = fma
    this.exact = exact
    this.memory = new Memory(limit)
    this.storage = new Storage(this.memory, budget, movedOut)
    this.threads = new Threads(this.memory, fma)
    this.threads.count = threads
  }

  dispose(): void {
    this.threads.dispose()
    this.memory.dispose()
  }
}
