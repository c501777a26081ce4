import {
  broadcastTo,
  Generator,
  gather,
  noGrad,
  reshape,
  type State,
  type Stateful,
  type Tensor,
  tensor,
} from '../engine/index.ts'
import { checkNames } from '../engine/state.ts'
import { words } from './layers/layer.ts'
import { count } from './state.ts'

export interface Batch {
  x: Tensor
  y: Int32Array
}

/**
 * Batches of a data set x[N,...] y[N], in a new random order each epoch; the same seed gives the same batches. The
 * last samples of an epoch that do not fill a batch are left out of that epoch. Throws when not even one is full.
 */
export class Batches implements Stateful {
  readonly x: Tensor
  readonly y: Int32Array
  readonly size: number
  readonly #rng: Generator
  #epoch: readonly number[] = []
  #order: Int32Array
  #at = 0

  constructor(x: Tensor, y: ArrayLike<number>, size: number, seed: number) {
    const n = x.shape[0]
    if (!Number.isInteger(size) || size < 1) throw new Error(`Batches: a size >= 1 expected, got ${size}`)
    if (!(n >= size))
      throw new Error(`Batches: at least one batch of ${size} samples expected, got ${n ?? 0}`)
    if (y.length !== n) throw new Error(`Batches: one label a sample expected, got ${y.length} for ${n}`)
    const odd = Array.from(y).findIndex(label => !Number.isInteger(label) || label < 0)
    if (odd >= 0) throw new Error(`Batches: labels are integers >= 0, got ${y[odd]} at ${odd}`)
    this.x = x
    this.y = Int32Array.from(y)
    this.size = size
    this.#rng = new Generator(seed)
    this.#order = this.#shuffle()
  }

  /** The next batch of this epoch, or the first of a new one. */
  next(): Batch {
    if (this.#at + this.size > this.#order.length) {
      this.#order = this.#shuffle()
      this.#at = 0
    }
    const picks = this.#order.subarray(this.#at, this.#at + this.size)
    this.#at += this.size
    return { x: rows(this.x, picks), y: Int32Array.from(picks, i => this.y[i]) }
  }

  /** The order of an epoch follows from where its random numbers began. */
  state(): State {
    return {
      tensors: {},
      values: { samples: this.#order.length, at: this.#at, epoch: [...this.#epoch] },
    }
  }

  load({ tensors, values }: State): void {
    const n = this.#order.length
    checkNames('Batches', ['samples', 'at', 'epoch'], [...Object.keys(tensors), ...Object.keys(values)])
    const samples = count('Batches', values, 'samples')
    if (samples !== n) throw new Error(`Batches: samples is ${n}, got ${samples}`)
    const at = count('Batches', values, 'at')
    if (at > n) throw new Error(`Batches: at is at most ${n}, got ${at}`)
    this.#rng.restore(words('Batches', 'epoch', values.epoch))
    this.#order = this.#shuffle()
    this.#at = at
  }

  #shuffle(): Int32Array {
    this.#epoch = this.#rng.state()
    return this.#rng.permutation(this.y.length)
  }
}

/** x's samples `picks`, in that order.  x[N,...] -> [B,...] */
function rows(x: Tensor, picks: Int32Array): Tensor {
  const width = x.size / x.shape[0]
  return noGrad(() => {
    const column = tensor(picks, { shape: [picks.length, 1], backend: x.backend })
    const places = broadcastTo(column, [picks.length, width])
    return reshape(gather(reshape(x, [x.shape[0], width]), places, 0), [picks.length, ...x.shape.slice(1)])
  })
}
