/** A curve of the loss: the mean of every `width` steps. */
export class Curve {
  readonly points: [step: number, loss: number][] = []
  readonly #width: number
  #since: number[] = []

  constructor(width: number) {
    this.#width = width
  }

  add(step: number, loss: number): void {
    this.#since.push(loss)
    if (this.#since.length < this.#width) return
    this.points.push([step, this.#since.reduce((a, b) => a + b) / this.#width])
    this.#since = []
  }
}
