import { type Shape, sizeOf } from '../../shape.ts'
import type { Buffer, DType, NDArray, TypedArray } from '../backend.ts'
import { Adopted, type Target } from './adopted.ts'
import { Outside } from './outside.ts'
import type { Pool } from './pool.ts'

/** What tensors outside every `tidy` may hold of the pool before the next move out of it, in bytes. */
const BUDGET = 256 * 2 ** 20
/** Uses after which an array that moved out is taken for one that stays, such as a data set: it moves in again. */
const USES = 8

/** A block of the pool, or values that moved out of it. */
class Block implements Buffer {
  refs = 1
  /** Undefined once the values moved out, and after the release. */
  address: number | undefined
  values: Float32Array | undefined
  /** How often the values were copied in. */
  uses = 0
  /** While it waits for the garbage collector. */
  target: Target | undefined
  readonly bytes: number

  constructor(address: number, bytes: number) {
    this.address = address
    this.bytes = bytes
  }
}

/**
 * Arrays in the pool: float32 and int32, four bytes an element, row-major.
 *
 * A tensor that no `tidy` will release is `leaveToCollector`ed: when the garbage collector takes it, its block goes back. But a
 * loop that never waits gives the collector's call no turn, so once adopted tensors hold `budget` bytes, the next ones
 * move out of the pool into arrays that the collector can take at any time. They are copied in for each use, and when
 * there are many of them for good, beyond the budget: what a loop leaves behind it uses a few times only. What moved
 * out has a limit of its own.
 */
export class Storage {
  readonly pool: Pool
  readonly #budget: number
  readonly #outside: Outside
  readonly #adopted: Adopted
  /** Copies of arrays that live outside, until the call that uses them ends; and what the call allocated. */
  readonly #staged: number[] = []
  readonly #made: Block[] = []
  #depth = 0

  constructor(pool: Pool, budget = BUDGET, outside?: number) {
    this.pool = pool
    this.#budget = budget
    this.#outside = new Outside(outside)
    this.#adopted = new Adopted(address => pool.release(address))
  }

  /** A new array, its values undefined, and where it lies. */
  allocate(shape: Shape, dtype: DType): { array: NDArray; at: number } {
    const bytes = sizeOf(shape) * 4
    const at = this.pool.allocate(bytes)
    const block = new Block(at, bytes)
    if (this.#depth > 0) this.#made.push(block)
    return { array: { shape, dtype, buffer: block }, at }
  }

  /** Where an array lies, until the end of the call. Throws when it was released. */
  at(x: NDArray): number {
    const block = x.buffer as Block
    if (block.values !== undefined) return this.#stage(block, block.values)
    if (block.address === undefined) throw new Error('wasm: this array was released')
    return block.address
  }

  read(x: NDArray): TypedArray {
    const { values } = x.buffer as Block
    if (values !== undefined) {
      const copy = values.slice()
      return x.dtype === 'int32' ? new Int32Array(copy.buffer) : copy
    }
    const from = this.at(x) / 4
    const view = x.dtype === 'int32' ? this.pool.ints : this.pool.floats
    return view.slice(from, from + sizeOf(x.shape))
  }

  free(buffer: Buffer): void {
    const block = buffer as Block
    if (block.target !== undefined) {
      this.#adopted.remove(block.target)
      block.target = undefined
    }
    if (block.address !== undefined) this.pool.release(block.address)
    else if (block.values === undefined) throw new Error('wasm: this array was released before')
    if (block.values !== undefined) this.#outside.remove(block.bytes)
    block.address = undefined
    block.values = undefined
  }

  leaveToCollector(buffer: Buffer): void {
    const block = buffer as Block
    const { address, bytes } = block
    if (block.target !== undefined || address === undefined) return
    const moves = this.#adopted.bytes + bytes > this.#budget
    // Where there is no room outside either, the collector brings it back from here.
    block.target = this.#adopted.add(address, bytes)
    if (!moves) return
    block.values = this.#outside.copy(this.pool.floats, address / 4, (address + bytes) / 4)
    this.#adopted.remove(block.target)
    block.target = undefined
    block.address = undefined
    this.pool.release(address)
  }

  /** Runs a kernel; what was copied in for it goes at its end, and when it throws what it allocated. */
  call<A extends never[], T>(kernel: (...args: A) => T, ...args: A): T {
    this.#depth++
    try {
      return kernel(...args)
    } catch (error) {
      for (const block of this.#made) if (block.address !== undefined) this.free(block)
      throw error
    } finally {
      if (--this.#depth === 0) {
        // Popped, since an array whose length is set to 0 gives up its memory: garbage of every call.
        while (this.#made.length > 0) this.#made.pop()
        while (this.#staged.length > 0) this.pool.release(this.#staged.pop()!)
      }
    }
  }

  #stage(block: Block, values: Float32Array): number {
    const address = this.pool.allocate(values.byteLength)
    this.pool.floats.set(values, address / 4)
    if (++block.uses <= USES) this.#staged.push(address)
    else {
      this.#outside.remove(block.bytes)
      block.address = address
      block.values = undefined
      block.target = this.#adopted.add(address, 0)
    }
    return address
  }
}
