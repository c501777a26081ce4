import { refusal } from '../../engine/check.ts'
import type { State, Stateful, Tensor } from '../../engine/index.ts'
import { checkNames, joinStates, loadParts, mapRecord } from '../../engine/state.ts'
import { checkLabels, type Labels } from '../../losses/labels.ts'
import { checkCalled } from '../checks.ts'
import { Lookahead } from './lookahead.ts'
import { classAware, identityBalanced, instances, type Sampler, type Sampling } from './samplers.ts'
import { checkSamples, type Source, sourceOf } from './source.ts'

export interface Batch {
  x: Tensor
  y: Int32Array
  /** Which samples of the data set these are. */
  samples: Int32Array
}

interface Drawn extends Omit<Batch, 'x'> {
  readonly make: () => Tensor
}

/** A part of the state that has no tensors. */
const ofValues = (part: Pick<Sampler, 'state' | 'load'>): Stateful => ({
  state: () => ({ tensors: {}, values: part.state() }),
  load({ tensors, values }) {
    checkNames('Batches', [], Object.keys(tensors))
    part.load(values)
  },
})

/**
 * Batches of a data set x[N,...] y[N], as the sampling draws them: by default all samples in a new order each epoch. The
 * same seed gives the same batches. Throws when not even one is full.
 */
export class Batches implements Stateful {
  readonly x: Source
  readonly y: Int32Array
  readonly #sampler: Lookahead
  #prepared?: Drawn & { readonly before: State }

  constructor(x: Tensor | Source, y: Labels, size: number, seed: number, sampling: Sampling = instances()) {
    checkSamples('Batches', x)
    checkCalled('Batches', 'sampling', sampling, { instances, classAware, identityBalanced })
    const n = x.shape[0]
    if (!Number.isInteger(size) || size < 1) throw refusal('Batches', 'a size >= 1', size)
    if (!(n >= size))
      throw new Error(`Batches: at least one batch of ${size} samples expected, got ${n ?? 0} (option batch)`)
    this.x = sourceOf(x)
    this.y = Int32Array.from(checkLabels('Batches', y, n))
    const sampler = sampling(this.y, size, seed)
    if (typeof sampler?.next !== 'function') {
      throw refusal('Batches', 'a sampling that gives a sampler, as instances() does,', sampling)
    }
    this.#sampler = new Lookahead(sampler)
  }

  /** Resolves when the next batch can be drawn without waiting for a source that reads ahead; else at once. */
  async ready(): Promise<void> {
    if (this.#prepared !== undefined) return
    this.#tell()
    await this.x.ahead?.ready()
  }

  next(): Batch {
    const { make, y, samples } = this.#prepared ?? this.#draw()
    this.#prepared = undefined
    return { x: make(), y, samples }
  }

  /** Does the host's part of the next batch now, while a device is at work, if it is there. `state` stays that of before it. */
  prepare(): void {
    if (this.#prepared !== undefined) return
    this.#tell()
    if (this.x.ahead?.isReady === false) return
    const before = this.state()
    this.#prepared = { ...this.#draw(), before }
  }

  #draw(): Drawn {
    this.#tell()
    const picks = this.#sampler.next()
    const make = this.x.draw(picks)
    const samples = this.x.ahead?.kept(picks) ?? picks
    return { make, y: Int32Array.from(samples, i => this.y[i]), samples }
  }

  /** Tells a source that reads ahead what comes next. */
  #tell(): void {
    const { ahead } = this.x
    ahead?.expect(this.#sampler.upcoming(1 + ahead.batches))
  }

  state(): State {
    return this.#prepared?.before ?? joinStates(mapRecord(this.#parts(), part => part.state()))
  }

  load(state: State): void {
    loadParts('Batches', this.#parts(), state)
    this.#prepared = undefined
  }

  #parts(): Record<string, Stateful> {
    return { sampler: ofValues(this.#sampler), source: ofValues(this.x) }
  }
}
