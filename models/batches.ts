import {
  broadcastTo,
  gather,
  noGrad,
  reshape,
  type State,
  type Stateful,
  type Tensor,
  tensor,
} from '../engine/index.ts'
import { checkNames } from '../engine/state.ts'
import { instances, type Sampler, type Sampling } from './samplers/index.ts'

export interface Batch {
  x: Tensor
  y: Int32Array
}

/**
 * Batches of a data set x[N,...] y[N], as the sampling draws them: by default all samples in a new order each epoch. The
 * same seed gives the same batches. Throws when not even one is full.
 */
export class Batches implements Stateful {
  readonly x: Tensor
  readonly y: Int32Array
  readonly #sampler: Sampler

  constructor(x: Tensor, y: ArrayLike<number>, size: number, seed: number, sampling: Sampling = instances()) {
    const n = x.shape[0]
    if (!Number.isInteger(size) || size < 1) throw new Error(`Batches: a size >= 1 expected, got ${size}`)
    if (!(n >= size))
      throw new Error(`Batches: at least one batch of ${size} samples expected, got ${n ?? 0}`)
    if (y.length !== n) throw new Error(`Batches: one label a sample expected, got ${y.length} for ${n}`)
    const odd = Array.from(y).findIndex(label => !Number.isInteger(label) || label < 0)
    if (odd >= 0) throw new Error(`Batches: labels are integers >= 0, got ${y[odd]} at ${odd}`)
    this.x = x
    this.y = Int32Array.from(y)
    this.#sampler = sampling(this.y, size, seed)
  }

  next(): Batch {
    const picks = this.#sampler.next()
    return { x: rows(this.x, picks), y: Int32Array.from(picks, i => this.y[i]) }
  }

  state(): State {
    return { tensors: {}, values: this.#sampler.state() }
  }

  load({ tensors, values }: State): void {
    checkNames('Batches', [], Object.keys(tensors))
    this.#sampler.load(values)
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
