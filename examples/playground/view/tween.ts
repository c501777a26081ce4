/** Longest and shortest time that numbers take to their next values, in milliseconds. */
const LONGEST = 600
const SHORTEST = 60

/** Numbers on their way from where they are shown to where they are, in as long as it took to know. */
export class Tween {
  #from: Float32Array
  #to: Float32Array
  #now: Float32Array
  #began = 0
  #length = 0

  constructor(size = 0) {
    this.#from = this.#to = this.#now = new Float32Array(size)
  }

  /** Sets out at `now` for `to`; at once where their number changed, or `still` is asked for. */
  aim(to: Float32Array, now: number, still = false): void {
    const jump = still || to.length !== this.#to.length
    this.#from = jump ? to : this.#now.slice()
    this.#length = jump ? 0 : Math.max(SHORTEST, Math.min(LONGEST, now - this.#began))
    this.#to = to
    this.#now = to.slice()
    this.#began = now
  }

  /** Whether the values still move at `now`. */
  moves(now: number): boolean {
    return now < this.#began + this.#length
  }

  at(now: number): Float32Array {
    const passed = this.#length === 0 ? 1 : Math.min(1, (now - this.#began) / this.#length)
    for (let i = 0; i < this.#now.length; i++) {
      this.#now[i] = this.#from[i] + passed * (this.#to[i] - this.#from[i])
    }
    return this.#now
  }
}
