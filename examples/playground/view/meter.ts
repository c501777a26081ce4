/** How far back the means go, in milliseconds. */
const WINDOW = 2000

/** Counts what happens: how often a second, over the last two seconds, and the longest time between two. */
export class Meter {
  #times: number[] = []
  #longest = 0
  #total = 0

  /** It happened at `now`, in milliseconds. */
  add(now: number): void {
    const last = this.#times.at(-1)
    if (last !== undefined) {
      this.#longest = Math.max(this.#longest, now - last)
      this.#total += 1
    }
    this.#times.push(now)
    while (this.#times[0] < now - WINDOW) this.#times.shift()
  }

  /** A pause, that is not to count as time between two. */
  rest(): void {
    this.#times = []
  }

  /** Forgets everything. */
  clear(): void {
    this.rest()
    this.#longest = 0
    this.#total = 0
  }

  get perSecond(): number {
    const [first, last] = [this.#times[0], this.#times.at(-1) ?? 0]
    return this.#times.length < 2 ? 0 : (1000 * (this.#times.length - 1)) / (last - first)
  }

  /** In milliseconds, since the last `clear`. */
  get longest(): number {
    return this.#longest
  }

  /** Times between two that were counted since the last `clear`. */
  get total(): number {
    return this.#total
  }
}
