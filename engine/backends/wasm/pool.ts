/** WebAssembly's page, and the room at both ends of the memory that no block gets. */
const PAGE = 65536
/** Pages of the smallest memory, with a page for blocks, and of the largest that 32 bits address. */
const [LEAST, MOST] = [3, 65536]
/** Growing costs a system call; a step of training asks for many blocks. */
const GROWTH = 256

/**
 * Blocks of one `WebAssembly.Memory`. A block that was given back is kept for the next of its size class (four
 * classes an octave, so at most a fifth of a block is unused): fresh pages cost far more than what is computed in
 * them. The memory is shared, so that it grows without detaching the views on it and threads can work on it.
 */
export class Pool {
  readonly memory: WebAssembly.Memory
  readonly #limit: number
  /** Blocks to be had, by class, and the class of each block that is in use. */
  readonly #free = new Map<number, number[]>()
  readonly #used = new Map<number, number>()
  /** The first page belongs to the threads' control block. */
  #top = PAGE
  #bytes = 0
  #floats = new Float32Array(0)
  #ints = new Int32Array(0)

  /** `limit` in bytes; default 4 GiB, or the most of it that this host reserves. */
  constructor(limit = MOST * PAGE) {
    const { memory, pages } = reserve(Math.floor(limit / PAGE))
    this.memory = memory
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
    if (!(bytes >= 0)) throw new Error(`wasm: a size in bytes expected, got ${bytes}`)
    const size = sizeClass(bytes)
    const block = this.#free.get(size)?.pop() ?? this.#fresh(size) ?? this.#larger(size)
    if (block === undefined) {
      const [asked, used, limit] = [size, this.#bytes, this.#limit].map(n => (n / 2 ** 20).toFixed(1))
      throw new Error(
        `wasm: out of memory: ${asked} MiB asked for, ${used} of ${limit} MiB in use; release tensors or use tidy`,
      )
    }
    if (!this.#used.has(block)) this.#used.set(block, size)
    this.#bytes += this.#used.get(block)!
    return block
  }

  /** Gives a block back. Throws when it is not in use. */
  release(block: number): void {
    const size = this.#used.get(block)
    if (size === undefined) throw new Error(`wasm: the block at ${block} was released before`)
    this.#used.delete(block)
    this.#bytes -= size
    const blocks = this.#free.get(size)
    if (blocks === undefined) this.#free.set(size, [block])
    else blocks.push(block)
  }

  #fresh(size: number): number | undefined {
    const end = this.#top + size
    // Kernels may read up to a vector beyond a block.
    if (end + PAGE > this.#limit) return undefined
    const missing = Math.ceil((end + PAGE - this.memory.buffer.byteLength) / PAGE)
    if (missing > 0) {
      const pages = this.memory.buffer.byteLength / PAGE
      const most = this.#limit / PAGE - pages
      try {
        this.memory.grow(Math.min(most, Math.max(missing, GROWTH, Math.floor(pages / 8))))
      } catch {
        return undefined
      }
      this.#look()
    }
    const block = this.#top
    this.#top = end
    return block
  }

  /** At the limit: the smallest free block of a larger class, with its own size. */
  #larger(size: number): number | undefined {
    let best = Infinity
    for (const [other, blocks] of this.#free) {
      if (other > size && other < best && blocks.length > 0) best = other
    }
    const block = this.#free.get(best)?.pop()
    if (block !== undefined) this.#used.set(block, best)
    return block
  }

  #look(): void {
    this.#floats = new Float32Array(this.memory.buffer)
    this.#ints = new Int32Array(this.memory.buffer)
  }
}

/** The least class that holds `bytes`: quarters of a power of two, multiples of 64. */
function sizeClass(bytes: number): number {
  if (bytes <= 256) return Math.max(64, Math.ceil(bytes / 64) * 64)
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2)
  return Math.ceil(bytes / step) * step
}

/** A shared memory that may grow to `pages`, or to as many as the host grants. */
function reserve(pages: number): { memory: WebAssembly.Memory; pages: number } {
  if (!(pages >= LEAST && pages <= MOST)) {
    throw new Error(`wasm: a limit of ${LEAST * PAGE} to ${MOST * PAGE} bytes expected, got ${pages * PAGE}`)
  }
  for (let maximum = pages; ; maximum = Math.floor(maximum / 2)) {
    try {
      const initial = Math.min(GROWTH, maximum)
      return { memory: new WebAssembly.Memory({ initial, maximum, shared: true }), pages: maximum }
    } catch (error) {
      if (maximum < GROWTH) throw error
    }
  }
}
