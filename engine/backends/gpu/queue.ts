/** A task; a promise means that the next one waits for it. */
type Task = () => void | Promise<void>

/**
 * Runs tasks one after another in the order they came: at once, as long as each ends at once, and from a promise on in
 * later turns. Tasks do not throw.
 */
export class Queue {
  readonly #tasks: Task[] = []
  #busy = false

  push(task: Task): void {
    this.#tasks.push(task)
    if (!this.#busy) this.#drain()
  }

  /** Resolves when all that was pushed so far has run. */
  done(): Promise<void> {
    return new Promise(resolve => this.push(() => resolve()))
  }

  #drain(): void {
    this.#busy = true
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) {
      const wait = task()
      if (wait !== undefined) {
        wait.then(() => this.#drain())
        return
      }
    }
    this.#busy = false
  }
}
