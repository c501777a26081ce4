const MIB = 2 ** 20

/** How many bytes of tensors live outside of the pool; throws before they are more than `limit`. */
export class Outside {
  readonly #limit: number
  #bytes = 0

  /** Default: half of the memory that this process may have; where that is not known, the host's own limit counts. */
  constructor(limit = halfOfMemory()) {
    if (!(limit >= 0)) throw new Error(`wasm: outside as bytes >= 0 expected, got ${limit}`)
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
        '(createWasm: outside) beside those in the pool; use tidy around each step, or release tensors',
      options,
    )
  }
}

function halfOfMemory(): number {
  const { process } = globalThis
  const total = process?.getBuiltinModule?.('node:os').totalmem() ?? Infinity
  // 0 or absurdly much where there is no limit.
  const allowed = process?.constrainedMemory?.() || Infinity
  return Math.min(total, allowed) / 2
}
