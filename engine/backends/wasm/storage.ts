import { type Shape, sizeOf } from '../../shape.ts'
import type { Buffer, DType, NDArray, TypedArray } from '../backend.ts'
import { COMPACT, type Memory, OutOfMemory } from './memory.ts'
import { MovedOut } from './movedOut.ts'
import { type Place, Places } from './places.ts'
import { type Target, Waiting } from './waiting.ts'

/** What tensors outside every `tidy` may hold of the memory before the next move out of it, in bytes. */
const BUDGET = 256 * 2 ** 20
/** Copies after which an array that moved out is taken for one that stays, such as a data set: it moves in again. */
const COPIES = 8

/** A block of memory, or values that moved out of it. */
class Block implements Buffer {
  refs = 1
  /** Undefined once the values moved out, and after the release. */
  place: Place | undefined
  values: Float32Array | undefined
  /** How often the values were copied in. */
  copies = 0
  /** While it waits for the garbage collector. */
  target: Target | undefined
  /** What was made of it, by name, where that is to stay: nothing ever writes to a block that was read. */
  transforms: Map<string, Block> | undefined
  readonly bytes: number

  constructor(place: Place, bytes: number) {
    this.place = place
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
  readonly #places = new Places()
  readonly #budget: number
  readonly #movedOut: MovedOut
  readonly #waiting: Waiting
  /** Transforms that are there, and what tells the collector of each: all go where there is no room for anything else. */
  readonly #transforms = new Map<Place, Target['held']>()
  /** Copies of arrays that moved out, until the kernel that uses them ends; and what the kernel allocated. */
  readonly #copies: number[] = []
  readonly #allocated: Block[] = []
  #running = false

  constructor(memory: Memory, budget = BUDGET, movedOut?: number) {
    this.memory = memory
    this.#budget = budget
    this.#movedOut = new MovedOut(movedOut)
    this.#waiting = new Waiting(place => this.#leave(place))
  }

  /** A new array, its values undefined, and where it lies. */
  allocate(shape: Shape, dtype: DType): { array: NDArray; at: number } {
    const bytes = sizeOf(shape) * 4
    const at = this.memory.allocate(bytes)
    const block = new Block(this.#placeAt(at), bytes)
    if (this.#running) this.#allocated.push(block)
    return { array: { shape, dtype, buffer: block }, at }
  }

  /** Where an array lies, until the end of the call. Throws when it was released. */
  at(x: NDArray): number {
    const block = x.buffer as Block
    if (block.values !== undefined) return this.#copyIn(block, block.values)
    if (block.place === undefined) throw new Error('wasm: this array was released')
    return block.place.address
  }

  /** A copy of `values` as an array. */
  upload(values: TypedArray, shape: Shape, dtype: DType): NDArray {
    const { array, at } = this.allocate(shape, dtype)
    this.#numbers(dtype).set(values, at / 4)
    return array
  }

  /** The same of rows of `values`, in this order. */
  uploadRows(values: TypedArray, rows: Int32Array, width: number, dtype: DType): NDArray {
    const { array, at } = this.allocate([rows.length, width], dtype)
    const numbers = this.#numbers(dtype)
    for (let i = 0, to = at / 4; i < rows.length; i++, to += width) {
      numbers.set(values.subarray(rows[i] * width, (rows[i] + 1) * width), to)
    }
    return array
  }

  read(x: NDArray): TypedArray {
    return this.valuesInPlace(x).slice()
  }

  /** Where they lie, until the next allocation. */
  valuesInPlace(x: NDArray): TypedArray {
    this.memory.checkPresent()
    const { values } = x.buffer as Block
    if (values !== undefined) {
      return x.dtype === 'int32' ? new Int32Array(values.buffer, values.byteOffset, values.length) : values
    }
    const from = this.at(x) / 4
    return this.#numbers(x.dtype).subarray(from, from + sizeOf(x.shape))
  }

  free(buffer: Buffer): void {
    const block = buffer as Block
    if (block.target !== undefined) {
      this.#waiting.remove(block.target)
      block.target = undefined
    }
    if (block.place !== undefined) this.#leave(block.place)
    else if (block.values === undefined) throw new Error('wasm: this array was released before')
    if (block.values !== undefined) this.#movedOut.remove(block.bytes)
    block.place = undefined
    block.values = undefined
    if (block.transforms === undefined) return
    for (const made of block.transforms.values()) if (isThere(made)) this.free(made)
  }

  leaveToCollector(buffer: Buffer): void {
    const block = buffer as Block
    const { place, bytes } = block
    if (block.target !== undefined || place === undefined) return
    const moves = this.#waiting.bytes + bytes > this.#budget
    // Where there is no room for what moves out, the collector brings it back from here.
    block.target = this.#waiting.add(place, bytes)
    if (!moves) return
    const from = place.address / 4
    block.values = this.#movedOut.copy(this.memory.floats, from, from + bytes / 4)
    this.#waiting.remove(block.target)
    block.target = undefined
    block.place = undefined
    this.#leave(place)
  }

  /** Nor does this one move out; where it did, it moves back. */
  holdInMemory(buffer: Buffer): void {
    const block = buffer as Block
    if (block.values !== undefined) this.#moveIn(block, this.#copyOf(block.values))
    else if (block.target !== undefined) this.#waiting.holds(block.target)
    else if (block.place !== undefined) block.target = this.#waiting.add(block.place, 0)
  }

  isInMemory(buffer: Buffer): boolean {
    return (buffer as Block).values === undefined
  }

  keepTransforms(buffer: Buffer): void {
    this.holdInMemory(buffer)
    ;(buffer as Block).transforms ??= new Map()
  }

  /** Where `bytes` lie that `make` makes of x, which keeps them by this name; undefined where x keeps nothing. */
  transformOf(x: NDArray, name: string, bytes: number, make: (at: number) => void): number | undefined {
    const { transforms } = x.buffer as Block
    if (transforms === undefined) return undefined
    // A buffer may serve arrays of several shapes.
    const key = `${name} [${x.shape}]`
    const known = transforms.get(key)
    if (known !== undefined && isThere(known)) return known.place?.address
    const { array, at } = this.allocate([Math.ceil(bytes / 4)], 'float32')
    const made = array.buffer as Block
    make(at)
    // Where x goes to the collector, so does this.
    made.target = this.#waiting.add(made.place as Place, 0)
    this.#transforms.set(made.place as Place, made.target.held)
    transforms.set(key, made)
    return at
  }

  /**
   * The kernels so that what is copied in for a call goes at its end, and when it throws what it allocated. They ask where
   * arrays lie in each call: between two of them arrays may move.
   */
  wrap<Kernels extends object>(kernels: Kernels): Kernels {
    const wrapped = Object.entries(kernels).map(([name, kernel]) => {
      return [name, (...args: unknown[]) => this.#call(kernel, args)]
    })
    return Object.fromEntries(wrapped)
  }

  /** Where room is made first, the kernel begins again afterwards. */
  #call<T>(kernel: (...args: unknown[]) => T, args: unknown[]): T {
    if (this.#running) return kernel(...args)
    this.#running = true
    this.memory.mayCompact = true
    try {
      return kernel(...args)
    } catch (error) {
      return this.#again(error, kernel, args)
    } finally {
      this.#running = false
      this.memory.mayCompact = false
      this.#end()
    }
  }

  #again<T>(error: unknown, kernel: (...args: unknown[]) => T, args: unknown[]): T {
    for (const block of this.#allocated) if (block.place !== undefined) this.free(block)
    this.#end()
    if (!this.#makesRoom(error)) throw error
    try {
      return kernel(...args)
    } catch (next) {
      return this.#again(next, kernel, args)
    }
  }

  /** Popped, since an array whose length is set to 0 gives up its memory: garbage of every call. */
  #end(): void {
    while (this.#allocated.length > 0) this.#allocated.pop()
    while (this.#copies.length > 0) this.memory.release(this.#copies.pop()!)
  }

  /** After that error: by compacting the memory before it grows, or of transforms, which are made again. */
  #makesRoom(error: unknown): boolean {
    if (error === COMPACT) {
      this.memory.compact(this.#places.moved)
      return true
    }
    if (!(error instanceof OutOfMemory) || this.#transforms.size === 0) return false
    for (const [place, held] of this.#transforms) {
      held.place = undefined
      this.#leave(place)
    }
    this.memory.mayCompact = true
    return true
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
    block.place = this.#placeAt(address)
    block.values = undefined
    block.target = this.#waiting.add(block.place, 0)
  }

  #placeAt(address: number): Place {
    const place = this.#places.take(address)
    this.memory.setOwner(address, place.owner)
    return place
  }

  #leave(place: Place): void {
    if (this.#transforms.size > 0) this.#transforms.delete(place)
    this.memory.release(place.address)
    this.#places.give(place)
  }
}

/** Was a transform neither freed nor given back? */
const isThere = ({ place, target }: Block): boolean => place !== undefined && target?.held.place === place
