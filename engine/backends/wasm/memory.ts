/** WebAssembly's page, and the room at both ends of the memory that no block gets. */
const PAGE = 65536
/** What blocks are aligned to, in bytes: a line of the cache. */
const LINE = 64
/** Pages of the smallest memory, with a page for blocks, and of the largest that 32 bits address. */
const [LEAST, MOST] = [3, 65536]
/** Growing costs a system call; a step of training asks for many blocks. */
const GROWTH = 256

/**
 * Blocks of one `WebAssembly.Memory`. A block that was given back is kept for the next of its size class (four
 * classes an octave, so at most a fifth of a block is unused): fresh pages cost far more than what is computed in
 * them. The memory is shared, so that it grows without detaching the views on it and threads can work on it.
 */
export class Memory {
  shared: WebAssembly.Memory
  #limit: number
  /** Blocks to be had, by class. */
  readonly #free: number[][] = []
  /** For each line of the memory: 1 + the class of the block in use that starts there. A Map's tables would be garbage. */
  #used = new Uint8Array(0)
  /** The first page belongs to the threads' control block. */
  #top = PAGE
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
    // Beyond it there are no classes.
    if (bytes > this.#limit) throw this.#exhausted(bytes)
    let kind = classOf(bytes)
    let block = this.#free[kind]?.pop() ?? this.#fresh(sizeOf(kind))
    if (block === undefined) {
      // At the limit: a free block of a larger class, and it keeps that.
      const larger = this.#free.findIndex((blocks, k) => k > kind && blocks.length > 0)
      block = this.#free[larger]?.pop()
      if (block === undefined) throw this.#exhausted(sizeOf(kind))
      kind = larger
    }
    this.#used[block / LINE] = kind + 1
    this.#bytes += sizeOf(kind)
    return block
  }

  /** Gives a block back. Throws when it is not in use. */
  release(block: number): void {
    if (this.#limit === 0) return
    const kind = this.#used[block / LINE] - 1
    if (!(kind >= 0)) throw new Error(`wasm: the block at ${block} was released before`)
    this.#used[block / LINE] = 0
    this.#bytes -= sizeOf(kind)
    while (this.#free.length <= kind) this.#free.push([])
    this.#free[kind].push(block)
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

  #fresh(size: number): number | undefined {
    const end = this.#top + size
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
    const block = this.#top
    this.#top = end
    return block
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
    const used = new Uint8Array(buffer.byteLength / LINE)
    if (this.#limit > 0) used.set(this.#used)
    this.#used = used
  }
}

/** The least class that holds `bytes`: 1 to 4 lines, then quarters of a power of two. */
function classOf(bytes: number): number {
  if (bytes <= 4 * LINE) return Math.max(1, Math.ceil(bytes / LINE)) - 1
  const octave = 31 - Math.clz32((bytes - 1) / (4 * LINE))
  return 4 * octave + Math.ceil(bytes / (LINE * 2 ** octave)) - 1
}

/** Bytes of a block of a class. */
function sizeOf(kind: number): number {
  return kind < 4 ? LINE * (kind + 1) : LINE * (5 + (kind % 4)) * 2 ** ((kind >> 2) - 1)
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
