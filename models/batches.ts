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
import { checkNames, checkTensors } from '../engine/state.ts'
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
  #rng: Generator
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
    this.#order = this.#rng.permutation(n)
  }

  /** The next batch of this epoch, or the first of a new one. */
  next(): Batch {
    if (this.#at + this.size > this.#order.length) {
      this.#order = this.#rng.permutation(this.#order.length)
      this.#at = 0
    }
    const picks = this.#order.subarray(this.#at, this.#at + this.size)
    this.#at += this.size
    return { x: rows(this.x, picks), y: Int32Array.from(picks, i => this.y[i]) }
  }

  state(): State {
    return {
      tensors: { order: this.#tensor(this.#order) },
      values: { at: this.#at, rng: [...this.#rng.state()] },
    }
  }

  load(state: State): void {
    checkTensors('Batches', { order: this.#tensor(this.#order) }, state.tensors)
    checkNames('Batches', ['at', 'rng'], Object.keys(state.values))
    const order = Int32Array.from(state.tensors.order.dataSync())
    const n = order.length
    if (new Set(order).size !== n || order.some(i => i < 0 || i >= n)) {
      throw new Error(`Batches: order is each of 0 to ${n - 1} once, got something else`)
    }
    const at = count('Batches', state.values, 'at')
    if (at > n) throw new Error(`Batches: at is at most ${n}, got ${at}`)
    this.#rng.restore(words('Batches', 'rng', state.values.rng))
    this.#order = order
    this.#at = at
  }

  #tensor(values: Int32Array): Tensor {
    return tensor(values, { backend: this.x.backend })
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
