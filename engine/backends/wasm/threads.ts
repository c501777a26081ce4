import { checkThreads, modulesOf } from './features.ts'
import type { Memory } from './memory.ts'
import { BLOCKS, type Kernels } from './module.ts'
import { WORKER } from './worker.ts'

type Name = keyof Kernels
/** What a kernel takes after the range `begin, end` of its units. */
type Rest<K extends Name> =
  Parameters<Kernels[K]> extends [number, number, ...infer R extends number[]] ? R : never
type RestAfterScratch<K extends Name> = Rest<K> extends [number, ...infer R extends number[]] ? R : never

type Blocks = typeof BLOCKS

/** A kernel's argument block, but for the fields that are missing: they lie at these places. */
export interface Block<Missing extends string> {
  readonly words: Int32Array
  readonly missing: Readonly<Record<Missing, number>>
}

/** The argument block of a kernel, of which these fields are known; their class in kernels/ documents them. */
export function blockOf<K extends keyof Blocks, Known extends Blocks[K][number]>(
  kernel: K,
  known: Readonly<Record<Known, number>>,
): Block<Exclude<Blocks[K][number], Known>> {
  const fields: readonly string[] = BLOCKS[kernel]
  const given: Readonly<Record<string, number>> = known
  const missing = fields.flatMap((name, i) => (name in given ? [] : [[name, i]]))
  return { words: Int32Array.from(fields, name => given[name] ?? 0), missing: Object.fromEntries(missing) }
}

/** Chunks for each thread: enough that one which is held up does not hold up the others. */
const CHUNKS = 4
/** How often a thread looks before it sleeps: some 20 microseconds, the time between two kernels of a step. */
const SPIN = 4000

/** The control block in the memory's first page, with the argument block of the job that runs. */
const LAYOUT = {
  ints: 1024,
  args: 2048,
  block: 4096,
  at: {
    sequence: 0,
    open: 1,
    next: 2,
    active: 3,
    failed: 4,
    chunk: 5,
    units: 6,
    kernel: 7,
    count: 8,
    scratch: 9,
    bytes: 10,
    threads: 11,
    spin: 12,
  },
}

/**
 * Runs kernels on one memory, on this thread and on workers. A kernel's units are independent of each other, so the
 * result is the same however many threads share them. Calls return when all is done.
 *
 * A worker that is still starting, or busy elsewhere, is not waited for: whoever is there takes the chunks. Only one
 * that has announced itself (`active`) is, and it does so before it looks whether the job is `open`; either it
 * finds it closed, or it is seen when the job closes.
 */
export class Threads {
  kernels: Kernels
  /** Work that starts paying for waking a thread, in floating-point operations. */
  minParallelFlops = 2e6
  readonly #memory: Memory
  readonly #modules: readonly WebAssembly.Module[]
  readonly #names: readonly Name[]
  #ints: Int32Array
  #args: Float64Array
  #block: Int32Array
  /** Ends a worker, for each. */
  readonly #ends: (() => unknown)[] = []
  #count = 1

  constructor(memory: Memory, fma = false) {
    this.#memory = memory
    const { shared } = memory
    this.#modules = modulesOf(fma)
    const imports = { env: { memory: shared } }
    const exports = this.#modules.map(module => new WebAssembly.Instance(module, imports).exports)
    this.kernels = Object.assign({}, ...exports)
    this.#names = Object.keys(this.kernels) as Name[]
    this.#ints = new Int32Array(shared.buffer, LAYOUT.ints, 16)
    this.#args = new Float64Array(shared.buffer, LAYOUT.args, 32)
    this.#block = new Int32Array(shared.buffer, LAYOUT.block, 64)
    this.#ints[LAYOUT.at.spin] = SPIN
  }

  /** How many threads share the work, this one among them. Workers start when there is work for them. */
  get count(): number {
    return this.#count
  }

  set count(n: number) {
    checkThreads(n)
    this.#count = n
  }

  /** Runs units 0..units of a kernel; `work` is what they cost together, in floating-point operations. */
  run<K extends Name>(kernel: K, units: number, work: number, ...args: Rest<K>): void {
    this.#share(kernel, units, work, 0, args)
  }

  /** The same for a kernel whose first argument is `bytes` of memory of the thread's own. */
  runWithScratch<K extends Name>(
    kernel: K,
    units: number,
    work: number,
    bytes: number,
    ...args: RestAfterScratch<K>
  ): void {
    this.#share(kernel, units, work, bytes, args)
  }

  /**
   * The same for a kernel that takes the argument block, and before it `bytes` of memory of the thread's own, if any. One
   * block is enough, since one job runs at a time.
   */
  runWithBlock<Missing extends string>(
    kernel: keyof Blocks,
    units: number,
    work: number,
    { words, missing }: Block<Missing>,
    fields: Readonly<Record<Missing, number>>,
    bytes = 0,
  ): void {
    const ints = this.#block
    ints.set(words)
    for (const name in missing) ints[missing[name]] = fields[name]
    this.#share(kernel, units, work, bytes, [LAYOUT.block])
  }

  #share(kernel: Name, units: number, work: number, bytes: number, args: number[]): void {
    const threads = work < this.minParallelFlops ? 1 : Math.min(this.#count, units)
    // Apart from each other, so that no two threads write to one line of the cache.
    const apart = Math.ceil(bytes / 64) * 64
    const scratch = bytes === 0 ? 0 : this.#memory.allocate(apart * threads)
    try {
      if (threads > 1) this.#publish(kernel, units, scratch, apart, args, threads)
      else this.#call(kernel, 0, units, scratch, args)
    } finally {
      if (bytes > 0) this.#memory.release(scratch)
    }
  }

  /** A kernel on this thread; scratch is 0 where it takes none. */
  #call(kernel: Name, begin: number, end: number, scratch: number, args: readonly number[]): void {
    const call = this.kernels[kernel] as (...args: number[]) => void
    // Two spreads in one call would make an array.
    if (scratch === 0) call(begin, end, ...args)
    else call(begin, end, scratch, ...args)
  }

  #publish(
    kernel: Name,
    units: number,
    scratch: number,
    bytes: number,
    args: readonly number[],
    threads: number,
  ): void {
    while (this.#ends.length < threads - 1) this.#start(this.#ends.length + 1)
    const ints = this.#ints
    const { at } = LAYOUT
    const chunk = Math.ceil(units / (threads * CHUNKS))
    ints[at.chunk] = chunk
    ints[at.units] = units
    ints[at.kernel] = this.#names.indexOf(kernel)
    ints[at.count] = args.length
    ints[at.threads] = threads
    ints[at.scratch] = scratch
    ints[at.bytes] = bytes
    this.#args.set(args)
    Atomics.store(ints, at.failed, 0)
    Atomics.store(ints, at.next, 0)
    Atomics.store(ints, at.open, 1)
    Atomics.add(ints, at.sequence, 1)
    Atomics.notify(ints, at.sequence, threads - 1)
    try {
      for (let i = Atomics.add(ints, at.next, chunk); i < units; i = Atomics.add(ints, at.next, chunk)) {
        this.#call(kernel, i, Math.min(i + chunk, units), scratch, args)
      }
    } finally {
      Atomics.store(ints, at.open, 0)
      this.#join()
    }
    if (Atomics.load(ints, at.failed) !== 0) throw new Error(`wasm: ${kernel} failed on a worker`)
  }

  #join(): void {
    const { active } = LAYOUT.at
    for (let i = SPIN; i > 0 && Atomics.load(this.#ints, active) > 0; i--);
    for (let n = Atomics.load(this.#ints, active); n > 0; n = Atomics.load(this.#ints, active)) {
      Atomics.wait(this.#ints, active, n)
    }
  }

  #start(slot: number): void {
    const data = {
      modules: this.#modules,
      memory: this.#memory.shared,
      names: this.#names,
      layout: LAYOUT,
      slot,
    }
    const node = globalThis.process?.getBuiltinModule?.('node:worker_threads')
    if (node !== undefined) {
      // Without what a loader such as tsx adds to this thread's start: the worker has no use for it.
      const worker = new node.Worker(WORKER, { eval: true, workerData: data, execArgv: [] })
      worker.unref()
      this.#ends.push(() => worker.terminate())
      return
    }
    const worker = new Worker(URL.createObjectURL(new Blob([WORKER], { type: 'text/javascript' })))
    worker.postMessage(data)
    this.#ends.push(() => worker.terminate())
  }

  /** Ends the workers, and refers to the memory no more. */
  dispose(): void {
    for (const end of this.#ends.splice(0)) end()
    this.kernels = {} as Kernels
    this.#ints = new Int32Array(0)
    this.#args = new Float64Array(0)
    this.#block = new Int32Array(0)
  }
}
