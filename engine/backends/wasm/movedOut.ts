import { halfOfMemory } from './features.ts'

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
    const [asked, held, limit] = [bytes, this.#bytes, this.#limit].map(n => (n / 2 ** 20).toFixed(1))
    return new Error(
      `wasm: out of memory: ${asked} MiB asked for, tensors outside every tidy hold ${held} of ${limit} MiB ` +
        '(createWasm: movedOut) beside those in memory; use tidy around each step, or release tensors',
      options,
    )
  }
}
