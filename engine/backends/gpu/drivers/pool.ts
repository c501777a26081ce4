/** What free memory may wait for its next use, in bytes: some steps of training come to that. */
const KEEP = 2 ** 29

interface Waiting<T> {
  readonly key: string
  readonly item: T
  readonly bytes: number
}

/**
 * Memory that was given back, by what it can serve as: making it anew costs more than most kernels do. Beyond `keep`
 * bytes the longest unused is destroyed.
 */
export class Pool<T> {
  /** Bytes in use, and waiting. */
  used = 0
  waiting = 0
  readonly #destroy: (item: T) => void
  readonly #keep: number
  readonly #free = new Map<string, Waiting<T>[]>()
  /** All that wait, the longest first. */
  readonly #queue = new Set<Waiting<T>>()

  constructor(destroy: (item: T) => void, keep = KEEP) {
    this.#destroy = destroy
    this.#keep = keep
  }

  /** One that waits, or undefined: then the caller makes one. */
  take(key: string, bytes: number): T | undefined {
    this.used += bytes
    const found = this.#free.get(key)?.pop()
    if (found === undefined) return undefined
    this.#queue.delete(found)
    this.waiting -= bytes
    return found.item
  }

  give(key: string, item: T, bytes: number): void {
    const waiting = { key, item, bytes }
    const same = this.#free.get(key)
    if (same === undefined) this.#free.set(key, [waiting])
    else same.push(waiting)
    this.#queue.add(waiting)
    this.used -= bytes
    this.waiting += bytes
    for (const oldest of this.#queue) {
      if (this.waiting <= this.#keep) return
      this.#discard(oldest)
    }
  }

  #discard(oldest: Waiting<T>): void {
    const same = this.#free.get(oldest.key)!
    same.splice(same.indexOf(oldest), 1)
    if (same.length === 0) this.#free.delete(oldest.key)
    this.#queue.delete(oldest)
    this.waiting -= oldest.bytes
    this.#destroy(oldest.item)
  }
}
