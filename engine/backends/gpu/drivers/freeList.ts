/** What free memory may wait for its next use, in bytes: some steps of training come to that. */
const LIMIT = 2 ** 29

interface Waiting<T> {
  readonly key: string
  readonly item: T
  readonly bytes: number
}

/**
 * Memory that was given back, by what it can serve as: making it anew costs more than most kernels do. Beyond `limit`
 * bytes the longest unused is destroyed.
 */
export class FreeList<T> {
  /** Bytes in use, and these with those that wait. */
  used = 0
  reserved = 0
  readonly #destroy: (item: T) => void
  readonly #limit: number
  readonly #free = new Map<string, Waiting<T>[]>()
  /** All that wait, the longest first. */
  readonly #queue = new Set<Waiting<T>>()

  constructor(destroy: (item: T) => void, limit = LIMIT) {
    this.#destroy = destroy
    this.#limit = limit
  }

  /** One that waits, or undefined: then the caller makes one. */
  take(key: string, bytes: number): T | undefined {
    this.used += bytes
    const found = this.#free.get(key)?.pop()
    if (found === undefined) this.reserved += bytes
    else this.#queue.delete(found)
    return found?.item
  }

  give(key: string, item: T, bytes: number): void {
    const waiting = { key, item, bytes }
    const same = this.#free.get(key)
    if (same === undefined) this.#free.set(key, [waiting])
    else same.push(waiting)
    this.#queue.add(waiting)
    this.used -= bytes
    for (const oldest of this.#queue) {
      if (this.reserved - this.used <= this.#limit) return
      this.#discard(oldest)
    }
  }

  #discard(oldest: Waiting<T>): void {
    const same = this.#free.get(oldest.key)!
    same.splice(same.indexOf(oldest), 1)
    if (same.length === 0) this.#free.delete(oldest.key)
    this.#queue.delete(oldest)
    this.reserved -= oldest.bytes
    this.#destroy(oldest.item)
  }
}
