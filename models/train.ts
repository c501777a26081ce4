import { grad, noGrad, type State, type Stateful, stopGradient, type Tensor, tidy } from '../engine/index.ts'
import { checkNames } from '../engine/state.ts'
import type { Labels, Loss } from '../losses/loss.ts'
import { Batches } from './batches.ts'
import { embed } from './embed.ts'
import type { Layer } from './layers/layer.ts'
import { clipGradNorm, clipGradValue } from './optim/clip.ts'
import type { Optimizer } from './optim/optimizer.ts'
import { constant, type Schedule } from './optim/schedule.ts'
import { type Progress, progressBar, type Report } from './progress.ts'
import type { Sampling } from './samplers/index.ts'
import type { Source } from './source.ts'
import { count, joinStates, loadParts, mapRecord } from './state.ts'

export interface TrainerOptions {
  net: Layer
  loss: Loss
  /** Over the net's parameters and the loss's; what is to stay as it is goes into a group of rate 0. */
  optimizer: Optimizer
  /** All training data, x[N,...] with N at least `batch`: a tensor, or what makes batches of images kept as bytes (`pixels`). */
  x: Tensor | Source
  y: Labels
  /** Samples a step. Default 64. */
  batch?: number
  /** Of the order of the samples. */
  seed: number
  /** Which samples make a batch. Default `instances()`: every sample once an epoch. */
  sampling?: Sampling
  /** Factor on the rates at each step. Default `constant()`. */
  schedule?: Schedule
  /** Bounds on each step's gradients: their common length, or each element. */
  clip?: { norm?: number; value?: number }
}

export interface RunOptions {
  /** How many to take now, after those already taken. */
  steps: number
  /** `true` draws a bar on standard error, a text is the bar's label; or what draws for you. Default false. */
  progress?: boolean | string | Progress
  /** Called after each step, and awaited; `false` ends the run. */
  onStep?: (report: Report) => unknown
}

/** How long a run may keep the event loop waiting, in milliseconds. */
const PATIENCE = 50

/**
 * Trains `net` by `loss`. A step: the embeddings of the next batch; the loss's own rule for what is not learned by
 * gradient (`update`, and every `refreshEvery` steps `refresh` on all the data); then the gradient's step. Its state
 * is everything that the next steps depend on: a run that was stopped goes on bit for bit.
 */
export class Trainer implements Stateful {
  readonly net: Layer
  readonly loss: Loss
  readonly optimizer: Optimizer
  readonly #batches: Batches
  readonly #schedule: Schedule
  readonly #clip: { norm?: number; value?: number }
  #steps = 0

  constructor({
    net,
    loss,
    optimizer,
    x,
    y,
    batch = 64,
    seed,
    sampling,
    schedule = constant(),
    clip = {},
  }: TrainerOptions) {
    const trained = new Set(Object.values(optimizer.parameters))
    for (const [owner, { parameters }] of Object.entries({ net, loss })) {
      const left = Object.keys(parameters).filter(name => !trained.has(parameters[name]))
      if (left.length > 0) {
        throw new Error(
          `Trainer: an optimizer of all parameters expected, got one without ${owner}'s ${left}`,
        )
      }
    }
    this.net = net
    this.loss = loss
    this.optimizer = optimizer
    this.#batches = new Batches(x, y, batch, seed, sampling)
    this.#schedule = schedule
    this.#clip = clip
  }

  /** Steps taken since the beginning. */
  get steps(): number {
    return this.#steps
  }

  /** Takes one step and gives the batch's loss. Throws, and moves no parameter, when that is not a finite number. */
  step(): number {
    return tidy(() => {
      const { value, grads } = this.#differentiate()
      return this.#move(value.item(), grads)
    })
  }

  /** The same on any backend: some answer later. */
  async stepAsync(): Promise<number> {
    const { value, grads } = tidy(() => this.#differentiate())
    this.#batches.prepare()
    try {
      const [number] = await value.data()
      return tidy(() => this.#move(number, grads))
    } finally {
      for (const t of [value, ...Object.values(grads)]) t.release()
    }
  }

  /** The loss of the next batch and its gradients. */
  #differentiate(): { value: Tensor; grads: Record<string, Tensor> } {
    const { net, loss, optimizer } = this
    if (loss.refreshEvery > 0 && this.#steps % loss.refreshEvery === 0) {
      const { x, y } = this.#batches
      noGrad(() => loss.refresh(embed(net, x), y))
    }
    const { x, y } = this.#batches.next()
    const features = net(x, { training: true })
    noGrad(() => loss.update(stopGradient(features), y))
    const value = loss(features, y)
    return { value, grads: noGrad(() => grad(value, optimizer.parameters)) }
  }

  #move(loss: number, grads: Record<string, Tensor>): number {
    if (!Number.isFinite(loss)) {
      throw new Error(`Trainer: a finite loss expected, got ${loss} at step ${this.#steps + 1}`)
    }
    this.optimizer.step(this.#clipped(grads), this.#schedule(this.#steps))
    this.#steps++
    return loss
  }

  /** Takes steps until there were enough or `onStep` says `false`; other events get their turn in between. */
  async run({ steps, progress = false, onStep }: RunOptions): Promise<Report | undefined> {
    if (!Number.isInteger(steps) || steps < 0)
      throw new Error(`Trainer.run: steps is an integer >= 0, got ${steps}`)
    const bar = typeof progress === 'object' ? progress : await progressBar(progress)
    const { synchronous } = this.#batches.x.backend
    const last = this.#steps + steps
    let report: Report | undefined
    let rested = performance.now()
    bar?.start(last, this.#steps)
    try {
      while (this.#steps < last) {
        const lr = this.optimizer.lr * this.#schedule(this.#steps)
        const loss = synchronous ? this.step() : await this.stepAsync()
        report = { step: this.#steps, loss, lr }
        bar?.update(report)
        if ((await onStep?.(report)) === false) break
        if (performance.now() - rested > PATIENCE) {
          await new Promise(resolve => setTimeout(resolve))
          rested = performance.now()
        }
      }
    } finally {
      bar?.stop()
    }
    return report
  }

  state(): State {
    return joinStates(mapRecord(this.#parts(), part => part.state()))
  }

  load(state: State): void {
    loadParts('Trainer', this.#parts(), state)
  }

  #parts(): Record<string, Stateful> {
    const { net, loss, optimizer } = this
    const trainer: Stateful = {
      state: () => ({ tensors: {}, values: { steps: this.#steps } }),
      load: ({ tensors, values }) => {
        checkNames('Trainer', ['steps'], [...Object.keys(tensors), ...Object.keys(values)])
        this.#steps = count('Trainer', values, 'steps')
      },
    }
    return { net, loss, optimizer, batches: this.#batches, trainer }
  }

  #clipped(grads: Record<string, Tensor>): Record<string, Tensor> {
    const { norm, value } = this.#clip
    const bounded = value === undefined ? grads : clipGradValue(grads, value)
    return norm === undefined ? bounded : clipGradNorm(bounded, norm).grads
  }
}
