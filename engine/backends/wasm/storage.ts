import { type Shape, sizeOf } from '../../shape.ts'
import type { Buffer, DType, NDArray, TypedArray } from '../backend.ts'
import type { Pool } from './pool.ts'

/** What tensors outside every `tidy` may hold of the pool before they move out of it, in bytes. */
const BUDGET = 256 * 2 ** 20

/** A block of the pool, or values that moved out of it. */
class Block implements Buffer {
  refs = 1
  /** Undefined once the values moved out, and after the release. */
  address: number | undefined
  values: TypedArray | undefined
  /** Waits for the garbage collector, since no `tidy` will release it. */
  adopted = false
  readonly bytes: number

  constructor(address: number, bytes: number) {
    this.address = address
    this.bytes = bytes
  }
}

/**
 * Arrays in the pool: float32 and int32, four bytes an element, row-major.
 *
 * A tensor that no `tidy` will release is `adopt`ed: when the garbage collector takes it, its block goes back. But a
 * loop that never waits gives the collector's call no turn, so once adopted tensors hold `BUDGET` bytes, the next ones
 * move out of the pool into arrays that the collector can take at any time; they are copied in for each use.
 */
export class Storage {
  readonly pool: Pool
  #adopted = 0
  /** Copies of arrays that live outside, until the call that uses them ends. */
  #staged: number[] = []
  #depth = 0
  readonly #registry = new FinalizationRegistry<{ address: number; bytes: number }>(({ address, bytes }) => {
    this.#adopted -= bytes
    this.pool.release(address)
  })

  constructor(pool: Pool) {
    this.pool = pool
  }

  /** A new array, its values undefined, and where it lies. */
  allocate(shape: Shape, dtype: DType): { array: NDArray; at: number } {
    const bytes = sizeOf(shape) * 4
    const at = this.pool.allocate(bytes)
    return { array: { shape, dtype, buffer: new Block(at, bytes) }, at }
  }

  /** Where an array lies, until the end of the call. Throws when it was released. */
  at(x: NDArray): number {
    const block = x.buffer as Block
    if (block.values !== undefined) return this.#stage(block.values)
    if (block.address === undefined) throw new Error('wasm: this array was released')
    return block.address
  }

  read(x: NDArray): TypedArray {
    const { values } = x.buffer as Block
    if (values !== undefined) return values.slice()
    const from = this.at(x) / 4
    const view = x.dtype === 'int32' ? this.pool.ints : this.pool.floats
    return view.slice(from, from + sizeOf(x.shape))
  }

  free(buffer: Buffer): void {
    const block = buffer as Block
    if (block.adopted) {
      this.#registry.unregister(block)
      this.#adopted -= block.bytes
      block.adopted = false
    }
    if (block.address !== undefined) this.pool.release(block.address)
    else if (block.values === undefined) throw new Error('wasm: this array was released before')
    block.address = undefined
    block.values = undefined
  }

  adopt(buffer: Buffer): void {
    const block = buffer as Block
    if (block.adopted || block.address === undefined) return
    const { address, bytes } = block
    if (this.#adopted + bytes > BUDGET) {
      block.values = this.pool.floats.slice(address / 4, (address + bytes) / 4)
      block.address = undefined
      this.pool.release(address)
      return
    }
    this.#adopted += bytes
    block.adopted = true
    this.#registry.register(block, { address, bytes }, block)
  }

  /** Runs a kernel; what was copied in for it goes at its end. */
  call<T>(kernel: () => T): T {
    this.#depth++
    try {
      return kernel()
    } finally {
      if (--this.#depth === 0) for (const address of this.#staged.splice(0)) this.pool.release(address)
    }
  }

  #stage(values: TypedArray): number {
    const address = this.pool.allocate(values.byteLength)
    this.#staged.push(address)
    this.pool.floats.set(values, address / 4)
    return address
  }
}
