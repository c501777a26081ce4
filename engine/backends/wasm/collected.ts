const MIB = 2 ** 20

/** A block that waits for the garbage collector, and the bytes that it counts meanwhile. */
interface Held {
  address: number
  bytes: number
}

/** What the collector watches: to be referred to by the block's owner alone, and to go with it. */
export class Target {
  readonly held: Held = { address: 0, bytes: 0 }
}

/** Blocks of memory that nobody will release: each is when the garbage collector took its target. */
export class Waiting {
  /** Of all blocks that wait. */
  bytes = 0
  readonly #registry: FinalizationRegistry<Held>
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
export class MovedOut {
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
    const [asked, held, limit] = [bytes, this.#bytes, this.#limit].map(n => (n / MIB).toFixed(1))
    return new Error(
      `wasm: out of memory: ${asked} MiB asked for, tensors outside every tidy hold ${held} of ${limit} MiB ` +
        '(createWasm: movedOut) beside those in memory; use tidy around each step, or release tensors',
      options,
    )
  }
}

/** Infinity where that is not said: in a browser, and in Deno without its flag --allow-sys. */
function halfOfMemory(): number {
  try {
    const { process } = globalThis
    const total = process.getBuiltinModule('node:os').totalmem()
    // 0 or absurdly much where there is no limit.
    const allowed = process.constrainedMemory() || Infinity
    return Math.min(total, allowed) / 2
  } catch {
    return Infinity
  }
}
