/** Bytes of free memory kept for reuse: what some steps of training take. */
const LIMIT = 2 ** 29

interface Free<T> {
  readonly key: string
  readonly item: T
  readonly bytes: number
}

/**
 * Memory that was freed, by its kind and size, for reuse: allocation costs more than most kernels do. Beyond `limit` bytes the
 * longest unused is destroyed.
 */
export class FreeList<T> {
  /** Bytes in use; bytes in use and free. */
  used = 0
  reserved = 0
  readonly #destroy: (item: T) => void
  readonly #limit: number
  readonly #free = new Map<string, Free<T>[]>()
  /** All that is free, the longest unused first. */
  readonly #queue = new Set<Free<T>>()

  constructor(destroy: (item: T) => void, limit = LIMIT) {
    this.#destroy = destroy
    this.#limit = limit
  }

  /** A free one, or undefined: then the caller makes one. */
  take(key: string, bytes: number): T | undefined {
    this.used += bytes
    const found = this.#free.get(key)?.pop()
    if (found === undefined) this.reserved += bytes
    else this.#queue.delete(found)
    return found?.item
  }

  give(key: string, item: T, bytes: number): void {
    const free = { key, item, bytes }
    const same = this.#free.get(key)
    if (same === undefined) this.#free.set(key, [free])
    else same.push(free)
    this.#queue.add(free)
    this.used -= bytes
    for (const oldest of this.#queue) {
      if (this.reserved - this.used <= this.#limit) return
      this.#discard(oldest)
    }
  }

  #discard(oldest: Free<T>): void {
    const same = this.#free.get(oldest.key)!
    same.splice(same.indexOf(oldest), 1)
    if (same.length === 0) this.#free.delete(oldest.key)
    this.#queue.delete(oldest)
    this.reserved -= oldest.bytes
    this.#destroy(oldest.item)
  }
}
