import { GpuBuffer, type Range, type Slot } from './buffer.ts'
import { type Driver, type Handle, type MaybePromise, type Traits, whenThere } from './drivers/driver.ts'
import { COUNT, MAX_ELEMENTS, type Program, SAFE_TURNS } from './program.ts'
import { Queue } from './queue.ts'

/** What a kernel takes: memory on the device, or a number. */
export type Argument = GpuBuffer | number

/**
 * Runs programs on buffers, in the order of the calls. On an asynchronous device a buffer is returned at once and filled
 * when the queue gets there; an error is kept in its buffers until they are read. When the device is lost, reading its
 * buffers throws, and the next call starts a new one. gpu.js has no empty arrays: nothing runs for an empty result, and no
 * program may take an empty argument.
 */
export class Device {
  readonly traits: Traits
  /** How often values were read back. */
  readbacks = 0
  readonly #start: () => MaybePromise<Driver>
  readonly #queue = new Queue()
  readonly #orphans = new FinalizationRegistry<Slot>(slot => this.#queue.push(() => this.#reclaim(slot)))
  #driver: Driver
  #disposed = false
  #turns: number | undefined

  /** `start` gives another driver, for when this one's device is lost. */
  constructor(driver: Driver, traits: Traits, start: () => MaybePromise<Driver>) {
    this.#driver = driver
    this.traits = traits
    this.#start = start
  }

  get driver(): Driver {
    return this.#driver
  }

  /** The values that `length` threads return. */
  run(program: Program, length: number, args: readonly Argument[], range?: Range): GpuBuffer {
    const buffer = new GpuBuffer(checked(length), range)
    if (length > 0) this.#fill([buffer], args, (driver, given) => driver.run(program, length, given))
    return buffer
  }

  /** The same of threads that store `length` values where they belong. */
  runStoring(program: Program, threads: number, length: number, args: readonly Argument[]): GpuBuffer {
    const buffer = new GpuBuffer(checked(length))
    if (length > 0) this.#fill([buffer], args, (driver, given) => driver.run(program, threads, given, length))
    return buffer
  }

  /** The same for a program that returns four values a thread, and as many by each of its `results`. */
  runFours(program: Program, threads: number, args: readonly Argument[]): readonly GpuBuffer[] {
    const count = 1 + (program.results?.length ?? 0)
    const buffers = Array.from({ length: count }, () => new GpuBuffer(checked(threads * 4)))
    if (threads > 0) this.#fill(buffers, args, (driver, given) => driver.run(program, threads, given))
    return buffers
  }

  /** Throws where the device would end the loops of a thread before so many turns. */
  checkTurns(op: string, turns: number): void {
    if (turns <= SAFE_TURNS) return
    this.#turns ??= this.traits.endsLoops ? this.#count(2 ** 17) : Infinity
    if (turns <= this.#turns) return
    throw new Error(
      `${op}: at most ${this.#turns} turns of loops expected, since the device ends them then, got ${turns}; ` +
        'other modes and backends do not',
    )
  }

  upload(values: ArrayLike<number>, range?: Range): GpuBuffer {
    const buffer = new GpuBuffer(checked(values.length), range)
    const copy = new Float32Array(values)
    if (copy.length > 0) {
      this.#fill([buffer], [], driver => whenThere(driver.upload(copy), handle => [handle]))
    }
    return buffer
  }

  /**
   * The same memory, not to be freed, after `test` has seen its values: what `test` throws is thrown at once on a synchronous
   * device, and else by reading what is computed from the result.
   */
  tested(buffer: GpuBuffer, test: (values: Float32Array) => void): GpuBuffer {
    const seen = new GpuBuffer(buffer.length, buffer.range)
    this.#fill([seen], [buffer], (driver, [handle]) => {
      return whenThere(this.#look(driver, handle as Handle), values => {
        test(values)
        return [handle as Handle]
      })
    })
    return seen
  }

  read(buffer: GpuBuffer): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.#queue.push(() => {
        try {
          resolve(this.#read(buffer))
        } catch (error) {
          reject(error)
        }
      })
    })
  }

  readSync(buffer: GpuBuffer): Float32Array {
    if (!this.traits.synchronous) {
      throw new Error('gpu: webgpu answers later: await t.data() instead of reading at once')
    }
    return this.#read(buffer) as Float32Array
  }

  free(buffer: GpuBuffer): void {
    if (buffer.released) throw new Error('gpu: this array was released before')
    buffer.released = true
    if (buffer.collected) this.#orphans.unregister(buffer)
    this.#queue.push(() => this.#reclaim(buffer.slot))
  }

  /** No call will free it: it is freed when the garbage collector finds it unused. */
  leaveToCollector(buffer: GpuBuffer): void {
    if (buffer.collected) return
    buffer.collected = true
    this.#orphans.register(buffer, buffer.slot, buffer)
  }

  /** Frees all memory and kernels; what is asked of the device afterwards throws. */
  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#queue.push(() => this.#driver.destroy())
  }

  /** How many of n turns a thread takes; Infinity for all of them. */
  #count(n: number): number {
    const buffer = this.run(COUNT, 1, [n])
    const [count] = this.readSync(buffer)
    this.free(buffer)
    return count < n ? count : Infinity
  }

  #reclaim(slot: Slot): void {
    const held = slot.handle !== undefined && slot.driver === this.#driver && !this.#disposed
    if (held) this.#driver.free(slot.handle!)
    slot.handle = undefined
  }

  #read(buffer: GpuBuffer): MaybePromise<Float32Array> {
    this.#checkAlive()
    if (buffer.length === 0) return new Float32Array(0)
    return this.#look(this.#driver, this.#handle(buffer, this.#driver))
  }

  #look(driver: Driver, handle: Handle): MaybePromise<Float32Array> {
    this.readbacks++
    const answer = whenThere(driver.read(handle), values => {
      if (driver.lost !== undefined) throw lost(driver)
      return values
    })
    if (!(answer instanceof Promise)) return answer
    return answer.catch(error => {
      throw driver.lost === undefined ? error : lost(driver)
    })
  }

  #fill(
    buffers: readonly GpuBuffer[],
    args: readonly Argument[],
    work: (driver: Driver, args: readonly (Handle | number)[]) => MaybePromise<readonly Handle[]>,
  ): void {
    for (const a of args) {
      if (typeof a !== 'number' && a.released) throw new Error('gpu: this array was released')
    }
    this.#checkAlive()
    const run = (driver: Driver): MaybePromise<void> => {
      const given = args.map(a => (typeof a === 'number' ? a : this.#handle(a, driver)))
      return whenThere(work(driver, given), handles => {
        if (driver.lost !== undefined) throw lost(driver)
        for (const [i, { slot }] of buffers.entries()) Object.assign(slot, { driver, handle: handles[i] })
      })
    }
    const fail = (error: unknown): void => {
      for (const buffer of buffers) buffer.error = error as Error
    }
    this.#queue.push(() => {
      try {
        const done = whenThere(this.#working(), run)
        if (done instanceof Promise) return done.catch(fail)
      } catch (error) {
        fail(error)
      }
    })
    if (this.traits.synchronous && buffers[0].error !== undefined) throw buffers[0].error
  }

  #checkAlive(): void {
    if (this.#disposed) throw new Error('gpu: this backend was disposed')
  }

  /** A driver whose device is there. */
  #working(): MaybePromise<Driver> {
    if (this.#driver.lost === undefined) return this.#driver
    return whenThere(this.#start(), driver => {
      this.#driver = driver
      return driver
    })
  }

  #handle(buffer: GpuBuffer, driver: Driver): Handle {
    if (buffer.error !== undefined) throw buffer.error
    const { handle, driver: own } = buffer.slot
    if (handle === undefined || own === undefined) throw new Error('gpu: this array was released')
    if (own !== driver) throw lost(own)
    return handle
  }
}

const lost = (driver: Driver): Error =>
  new Error(`gpu: ${driver.lost}: tensors made before are gone; those made from now on are not concerned`)

function checked(length: number): number {
  if (length <= MAX_ELEMENTS) return length
  throw new Error(
    `gpu: at most ${MAX_ELEMENTS} elements expected, since indices are float32 numbers, got ${length}`,
  )
}
