import { Arena } from './arena.ts'
import { GROWTH, MOST, PAGE, reserve } from './reserve.ts'

/** What blocks are aligned to, in bytes: a line of the cache. */
const LINE = 64
/** The line of the first block: the first page belongs to the threads' control block. */
const FIRST = PAGE / LINE
/** How many times what is in use is allocated, at least, between two compactions: moving then costs far less than computing. */
const TURNOVER = 2

/** Thrown in place of growing where `mayCompact` holds. */
export const COMPACT = new Error('wasm: the memory is to be compacted')

/** What `allocate` throws where the limit is reached. */
export class OutOfMemory extends Error {}

/**
 * Blocks of one `WebAssembly.Memory`. Fresh pages cost far more than what is computed in them, and the memory never gives one
 * back to the host, so a block that was given back merges with its neighbours, and the next ones are cut out of it.
 * Before it grows, blocks with an owner move together where that makes room. So memory is little more than what was
 * ever in use at once. It is shared, so that it grows without detaching the views on it and threads can work on it.
 */
export class Memory {
  shared: WebAssembly.Memory
  #limit: number
  /** Does nobody but owners know an address now? Then the memory may be compacted: `allocate` throws `COMPACT` before it grows. */
  mayCompact = false
  readonly #arena = new Arena(new Int32Array(0), FIRST)
  /** The furthest line that blocks ever reached, or that is there from the start. */
  #reached = (GROWTH * PAGE) / LINE
  /** Lines allocated since the memory was compacted. */
  #allocated = 0
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
    return (this.#arena.used - this.#arena.blocks) * LINE
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
    this.#allocated += lines
    return (line + 1) * LINE
  }

  /** Gives a block back. Throws when it is not in use. */
  release(block: number): void {
    if (this.#limit === 0) return
    const line = block / LINE - 1
    if (!this.#arena.isUsed(line)) throw new Error(`wasm: the block at ${block} was released before`)
    this.#arena.release(line)
  }

  /** The block may move when the memory is compacted; `owner`, an integer > 0, is then told. */
  setOwner(block: number, owner: number): void {
    this.#arena.setOwner(block / LINE - 1, owner)
  }

  /** Moves blocks that have an owner together, and tells where they are. */
  compact(moved: (owner: number, block: number) => void): void {
    this.#allocated = 0
    this.#arena.compact((owner, line) => moved(owner, (line + 1) * LINE))
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
    this.#arena.blocks = 0
    this.#arena.used = 0
    this.#look()
  }

  /** Throws once the memory was disposed. */
  checkPresent(): void {
    if (this.#limit === 0) throw new Error('wasm: this backend was disposed')
  }

  #append(lines: number): number | undefined {
    if (this.mayCompact && this.#compactionPays(lines)) {
      this.mayCompact = false
      throw COMPACT
    }
    const end = (this.#arena.end + lines) * LINE
    // Kernels may read up to a vector beyond a block.
    if (end + PAGE > this.#limit) return undefined
    const { byteLength } = this.#ints
    if (end + PAGE > byteLength) {
      const missing = Math.ceil((end + PAGE - byteLength) / PAGE)
      const pages = byteLength / PAGE
      const most = this.#limit / PAGE - pages
      try {
        this.shared.grow(Math.min(most, Math.max(missing, GROWTH, Math.floor(pages / 8))))
      } catch {
        return undefined
      }
      this.#look()
    }
    const line = this.#arena.append(lines)
    this.#reached = Math.max(this.#reached, this.#arena.end)
    return line
  }

  /** Would so many lines find room where blocks have been, were those in use together? */
  #compactionPays(lines: number): boolean {
    const { used, end } = this.#arena
    const most = (this.#limit - PAGE) / LINE
    // Better than to give up.
    if (end + lines > most) return FIRST + used + lines <= most
    return (
      end + lines > this.#reached &&
      FIRST + used + lines <= this.#reached &&
      this.#allocated > TURNOVER * used
    )
  }

  #exhausted(size: number): OutOfMemory {
    const [asked, used, limit] = [size, this.used, this.#limit].map(n => (n / 2 ** 20).toFixed(1))
    return new OutOfMemory(
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
