import { type Shape, sizeOf } from '../../shape.ts'
import type { Buffer, DType, NDArray, TypedArray } from '../backend.ts'
import { halfOfMemory } from './features.ts'
import type { Memory } from './memory.ts'

/** What tensors outside every `tidy` may hold of the memory before the next move out of it, in bytes. */
const BUDGET = 256 * 2 ** 20
/** Copies after which an array that moved out is taken for one that stays, such as a data set: it moves in again. */
const COPIES = 8

/** What the collector watches: to be referred to by a block's owner alone, and to go with it. */
class Target {
  /** The block, and the bytes that it counts while it waits. */
  readonly held = { address: 0, bytes: 0 }
}

/** Blocks of memory that nobody will release: each is when the garbage collector took its target. */
class Waiting {
  /** Of all blocks that wait. */
  bytes = 0
  readonly #registry: FinalizationRegistry<Target['held']>
  /**
   * Targets of blocks that were released after all, for the next ones: an optimiser leaves new values of each parameter
   * to the collector every step, and what V8 keeps of a registration is old from the start, so that it and its `held`
   * would pile up.
   */
  readonly #spare: Target[] = []

  constructor(release: (address: number) => void) {
    this.#registry = new FinalizationRegistry(({ address, bytes }) => {
      this.bytes -= bytes
      release(address)
    })
  }

  add(address: number, bytes: number): Target {
    const target = this.#spare.pop() ?? this.#register()
    target.held.address = address
    target.held.bytes = bytes
    this.bytes += bytes
    return target
  }

  /** The block is not among those that move out. */
  holds(target: Target): void {
    this.bytes -= target.held.bytes
    target.held.bytes = 0
  }

  /** The block needs no collector any more. */
  remove(target: Target): void {
    this.bytes -= target.held.bytes
    this.#spare.push(target)
  }

  #register(): Target {
    const target = new Target()
    this.#registry.register(target, target.held)
    return target
  }
}

/** How many bytes of arrays moved out of memory, to where the collector takes them; throws before they are more than `limit`. */
class MovedOut {
  readonly #limit: number
  #bytes = 0

  /** Default: half of the memory that this process may have; where that is not known, the host's own limit counts. */
  constructor(limit = halfOfMemory()) {
    if (!(limit >= 0)) throw new Error(`wasm: movedOut as bytes >= 0 expected, got ${limit}`)
    this.#limit = limit
  }

  /** A copy of a part of `floats` that lives outside. */
  copy(floats: Float32Array, begin: number, end: number): Float32Array {
    const bytes = (end - begin) * 4
    if (this.#bytes + bytes > this.#limit) {
      // Nobody tells of what the garbage collector took, so that the count is too high.
      this.#bytes = Math.min(this.#bytes, globalThis.process?.memoryUsage?.().arrayBuffers ?? 0)
      if (this.#bytes + bytes > this.#limit) throw this.#exhausted(bytes)
    }
    try {
      const copy = floats.slice(begin, end)
      this.#bytes += bytes
      return copy
    } catch (cause) {
      throw this.#exhausted(bytes, { cause })
    }
  }

  /** So many bytes are not outside any more. */
  remove(bytes: number): void {
    this.#bytes = Math.max(0, this.#bytes - bytes)
  }

  #exhausted(bytes: number, options?: ErrorOptions): Error {
    const [asked, held, limit] = [bytes, this.#bytes, this.#limit].map(n => (n / 2 ** 20).toFixed(1))
    return new Error(
      `wasm: out of memory: ${asked} MiB asked for, tensors outside every tidy hold ${held} of ${limit} MiB ` +
        '(createWasm: movedOut) beside those in memory; use tidy around each step, or release tensors',
      options,
    )
  }
}

/** A block of memory, or values that moved out of it. */
class Block implements Buffer {
  refs = 1
  /** Undefined once the values moved out, and after the release. */
  address: number | undefined
  values: Float32Array | undefined
  /** How often the values were copied in. */
  copies = 0
  /** While it waits for the garbage collector. */
  target: Target | undefined
  readonly bytes: number

  constructor(address: number, bytes: number) {
    this.address = address
    this.bytes = bytes
  }
}

/**
 * Arrays in memory: float32 and int32, four bytes an element, row-major.
 *
 * A tensor that no `tidy` will release is left to the garbage collector: when that takes it, its block goes back. But a
 * loop that never waits gives the collector's call no turn, so once such tensors hold `budget` bytes, the next ones
 * move out of memory into arrays that the collector can take at any time. They are copied in for each use, and when
 * there are many of them for good, beyond the budget: what a loop leaves behind it uses a few times only. What moved
 * out has a limit of its own.
 */
export class Storage {
  readonly memory: Memory
  readonly #budget: number
  readonly #movedOut: MovedOut
  readonly #waiting: Waiting
  /** Copies of arrays that moved out, until the kernel that uses them ends; and what the kernel allocated. */
  readonly #copies: number[] = []
  readonly #allocated: Block[] = []
  #depth = 0

  constructor(memory: Memory, budget = BUDGET, movedOut?: number) {
    this.memory = memory
    this.#budget = budget
    this.#movedOut = new MovedOut(movedOut)
    this.#waiting = new Waiting(address => memory.release(address))
  }

  /** A new array, its values undefined, and where it lies. */
  allocate(shape: Shape, dtype: DType): { array: NDArray; at: number } {
    const bytes = sizeOf(shape) * 4
    const at = this.memory.allocate(bytes)
    const block = new Block(at, bytes)
    if (this.#depth > 0) this.#allocated.push(block)
    return { array: { shape, dtype, buffer: block }, at }
  }

  /** Where an array lies, until the end of the call. Throws when it was released. */
  at(x: NDArray): number {
    const block = x.buffer as Block
    if (block.values !== undefined) return this.#copyIn(block, block.values)
    if (block.address === undefined) throw new Error('wasm: this array was released')
    return block.address
  }

  /** A copy of `values` as an array. */
  upload(values: TypedArray, shape: Shape, dtype: DType): NDArray {
    const { array, at } = this.allocate(shape, dtype)
    this.#numbers(dtype).set(values, at / 4)
    return array
  }

  read(x: NDArray): TypedArray {
    this.memory.checkPresent()
    const { values } = x.buffer as Block
    if (values !== undefined) {
      const copy = values.slice()
      return x.dtype === 'int32' ? new Int32Array(copy.buffer) : copy
    }
    const from = this.at(x) / 4
    return this.#numbers(x.dtype).slice(from, from + sizeOf(x.shape))
  }

  free(buffer: Buffer): void {
    const block = buffer as Block
    if (block.target !== undefined) {
      this.#waiting.remove(block.target)
      block.target = undefined
    }
    if (block.address !== undefined) this.memory.release(block.address)
    else if (block.values === undefined) throw new Error('wasm: this array was released before')
    if (block.values !== undefined) this.#movedOut.remove(block.bytes)
    block.address = undefined
    block.values = undefined
  }

  leaveToCollector(buffer: Buffer): void {
    const block = buffer as Block
    const { address, bytes } = block
    if (block.target !== undefined || address === undefined) return
    const moves = this.#waiting.bytes + bytes > this.#budget
    // Where there is no room for what moves out, the collector brings it back from here.
    block.target = this.#waiting.add(address, bytes)
    if (!moves) return
    block.values = this.#movedOut.copy(this.memory.floats, address / 4, (address + bytes) / 4)
    this.#waiting.remove(block.target)
    block.target = undefined
    block.address = undefined
    this.memory.release(address)
  }

  /** Nor does this one move out; where it did, it moves back. */
  holdInMemory(buffer: Buffer): void {
    const block = buffer as Block
    if (block.values !== undefined) this.#moveIn(block, this.#copyOf(block.values))
    else if (block.target !== undefined) this.#waiting.holds(block.target)
    else if (block.address !== undefined) block.target = this.#waiting.add(block.address, 0)
  }

  /** The kernels so that what is copied in for a call goes at its end, and when it throws what it allocated. */
  wrap<Kernels extends object>(kernels: Kernels): Kernels {
    const wrapped = Object.entries(kernels).map(([name, kernel]) => {
      return [name, (...args: unknown[]) => this.#call(kernel, ...args)]
    })
    return Object.fromEntries(wrapped)
  }

  #call<T>(kernel: (...args: unknown[]) => T, ...args: unknown[]): T {
    this.#depth++
    try {
      return kernel(...args)
    } catch (error) {
      for (const block of this.#allocated) if (block.address !== undefined) this.free(block)
      throw error
    } finally {
      if (--this.#depth === 0) {
        // Popped, since an array whose length is set to 0 gives up its memory: garbage of every call.
        while (this.#allocated.length > 0) this.#allocated.pop()
        while (this.#copies.length > 0) this.memory.release(this.#copies.pop()!)
      }
    }
  }

  #numbers(dtype: DType): Float32Array | Int32Array {
    return dtype === 'int32' ? this.memory.ints : this.memory.floats
  }

  #copyIn(block: Block, values: Float32Array): number {
    const address = this.#copyOf(values)
    if (++block.copies <= COPIES) this.#copies.push(address)
    else this.#moveIn(block, address)
    return address
  }

  #copyOf(values: Float32Array): number {
    const address = this.memory.allocate(values.byteLength)
    this.memory.floats.set(values, address / 4)
    return address
  }

  /** The values are at this address from now on. */
  #moveIn(block: Block, address: number): void {
    this.#movedOut.remove(block.bytes)
    block.address = address
    block.values = undefined
    block.target = this.#waiting.add(address, 0)
  }
}
