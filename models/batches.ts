import type { State, Stateful, Tensor } from '../engine/index.ts'
import { checkNames } from '../engine/state.ts'
import { instances, type Sampler, type Sampling } from './samplers/index.ts'
import { type Source, sourceOf } from './source.ts'

export interface Batch {
  x: Tensor
  y: Int32Array
}

/**
 * Batches of a data set x[N,...] y[N], as the sampling draws them: by default all samples in a new order each epoch. The
 * same seed gives the same batches. Throws when not even one is full.
 */
export class Batches implements Stateful {
  readonly x: Source
  readonly y: Int32Array
  readonly #sampler: Sampler

  constructor(
    x: Tensor | Source,
    y: ArrayLike<number>,
    size: number,
    seed: number,
    sampling: Sampling = instances(),
  ) {
    const n = x.shape[0]
    if (!Number.isInteger(size) || size < 1) throw new Error(`Batches: a size >= 1 expected, got ${size}`)
    if (!(n >= size))
      throw new Error(`Batches: at least one batch of ${size} samples expected, got ${n ?? 0}`)
    if (y.length !== n) throw new Error(`Batches: one label a sample expected, got ${y.length} for ${n}`)
    const odd = Array.from(y).findIndex(label => !Number.isInteger(label) || label < 0)
    if (odd >= 0) throw new Error(`Batches: labels are integers >= 0, got ${y[odd]} at ${odd}`)
    this.x = sourceOf(x)
    this.y = Int32Array.from(y)
    this.#sampler = sampling(this.y, size, seed)
  }

  next(): Batch {
    const picks = this.#sampler.next()
    return { x: this.x.draw(picks), y: Int32Array.from(picks, i => this.y[i]) }
  }

  state(): State {
    return { tensors: {}, values: { ...this.#sampler.state(), ...this.x.state() } }
  }

  load({ tensors, values }: State): void {
    checkNames('Batches', [], Object.keys(tensors))
    const ofSource = Object.keys(this.x.state())
    const [own, rest] = [true, false].map(mine =>
      Object.fromEntries(Object.entries(values).filter(([name]) => ofSource.includes(name) === mine)),
    )
    const before = this.#sampler.state()
    this.#sampler.load(rest)
    try {
      this.x.load(own)
    } catch (error) {
      this.#sampler.load(before)
      throw error
    }
  }
}
