import { Arena } from './arena.ts'

/** WebAssembly's page, and the room at both ends of the memory that no block gets. */
const PAGE = 65536
/** What blocks are aligned to, in bytes: a line of the cache. */
const LINE = 64
/** Pages of the smallest memory, with a page for blocks, and of the largest that 32 bits address. */
const [LEAST, MOST] = [3, 65536]
/** Growing costs a system call; a step of training asks for many blocks. */
const GROWTH = 256

/**
 * Blocks of one `WebAssembly.Memory`. Fresh pages cost far more than what is computed in them, and the memory never gives one
 * back to the host, so a block that was given back merges with its neighbours, and the next ones are cut out of it: memory
 * is little more than what was ever in use at once. It is shared, so that it grows without detaching the views on it and
 * threads can work on it.
 */
export class Memory {
  shared: WebAssembly.Memory
  #limit: number
  /** The first page belongs to the threads' control block. */
  #arena = new Arena(new Int32Array(0), PAGE / LINE)
  #bytes = 0
  #floats = new Float32Array(0)
  #ints = new Int32Array(0)

  /** `limit` in bytes; default 4 GiB, or the most of it that this host reserves. */
  constructor(limit = MOST * PAGE) {
    const { shared, pages } = reserve(Math.floor(limit / PAGE))
    this.shared = shared
    this.#limit = pages * PAGE
    this.#look()
  }

  /** The memory as numbers; look again after an `allocate`. */
  get floats(): Float32Array {
    return this.#floats
  }

  get ints(): Int32Array {
    return this.#ints
  }

  /** Bytes in blocks that are in use. */
  get used(): number {
    return this.#bytes
  }

  /** Address of a block of at least `bytes`, a multiple of 64. Throws when the limit is reached. */
  allocate(bytes: number): number {
    this.checkPresent()
    if (!(Number.isSafeInteger(bytes) && bytes >= 0)) {
      throw new Error(`wasm: a size in bytes expected, got ${bytes}`)
    }
    if (bytes > this.#limit) throw this.#exhausted(bytes)
    // A line more, for the arena.
    const lines = 1 + Math.max(1, Math.ceil(bytes / LINE))
    const line = this.#arena.take(lines) || this.#append(lines)
    if (line === undefined) throw this.#exhausted(bytes)
    this.#bytes += (this.#arena.lengthOf(line) - 1) * LINE
    return (line + 1) * LINE
  }

  /** Gives a block back. Throws when it is not in use. */
  release(block: number): void {
    if (this.#limit === 0) return
    const line = block / LINE - 1
    if (!this.#arena.isUsed(line)) throw new Error(`wasm: the block at ${block} was released before`)
    this.#bytes -= (this.#arena.lengthOf(line) - 1) * LINE
    this.#arena.release(line)
  }

  /** Runs `f` with the address of `bytes` of memory, which are free again afterwards. */
  temporary<T>(bytes: number, f: (at: number) => T): T {
    const at = this.allocate(bytes)
    try {
      return f(at)
    } finally {
      this.release(at)
    }
  }

  /** Lets the host take the memory and all that is in it. */
  dispose(): void {
    this.shared = new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true })
    this.#limit = 0
    this.#bytes = 0
    this.#look()
  }

  /** Throws once the memory was disposed. */
  checkPresent(): void {
    if (this.#limit === 0) throw new Error('wasm: this backend was disposed')
  }

  #append(lines: number): number | undefined {
    const end = (this.#arena.end + lines) * LINE
    // Kernels may read up to a vector beyond a block.
    if (end + PAGE > this.#limit) return undefined
    const missing = Math.ceil((end + PAGE - this.shared.buffer.byteLength) / PAGE)
    if (missing > 0) {
      const pages = this.shared.buffer.byteLength / PAGE
      const most = this.#limit / PAGE - pages
      try {
        this.shared.grow(Math.min(most, Math.max(missing, GROWTH, Math.floor(pages / 8))))
      } catch {
        return undefined
      }
      this.#look()
    }
    return this.#arena.append(lines)
  }

  #exhausted(size: number): Error {
    const [asked, used, limit] = [size, this.#bytes, this.#limit].map(n => (n / 2 ** 20).toFixed(1))
    return new Error(
      `wasm: out of memory: ${asked} MiB asked for, ${used} of ${limit} MiB in use; release tensors or use tidy`,
    )
  }

  #look(): void {
    const { buffer } = this.shared
    this.#floats = new Float32Array(buffer)
    this.#ints = new Int32Array(buffer)
    this.#arena.words = this.#ints
  }
}

/** A shared memory that may grow to `pages`, or to as many as the host grants. */
function reserve(pages: number): { shared: WebAssembly.Memory; pages: number } {
  if (!(pages >= LEAST && pages <= MOST)) {
    throw new Error(`wasm: a limit of ${LEAST * PAGE} to ${MOST * PAGE} bytes expected, got ${pages * PAGE}`)
  }
  for (let maximum = pages; ; maximum = Math.floor(maximum / 2)) {
    try {
      const initial = Math.min(GROWTH, maximum)
      return { shared: new WebAssembly.Memory({ initial, maximum, shared: true }), pages: maximum }
    } catch (error) {
      if (maximum < GROWTH) throw error
    }
  }
}
