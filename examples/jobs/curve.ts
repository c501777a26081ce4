export type Point = readonly [step: number, loss: number]

/** A curve of the loss: the mean of every `width` steps. */
export class Curve {
  readonly points: Point[]
  /** The losses since the last point. */
  readonly since: number[]
  readonly #width: number

  /** One that goes on has the points and the losses of before. */
  constructor(width: number, before: { points: readonly Point[]; since: readonly number[] } = NOTHING) {
    this.#width = width
    this.points = [...before.points]
    this.since = [...before.since]
  }

  add(step: number, loss: number): void {
    this.since.push(loss)
    if (this.since.length < this.#width) return
    this.points.push([step, this.since.reduce((a, b) => a + b) / this.#width])
    this.since.length = 0
  }
}

const NOTHING = { points: [], since: [] }
