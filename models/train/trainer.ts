import { checkNumber } from '../../engine/check.ts'
import { noGrad, type State, type Stateful, type Tensor, tidy, valueAndGrad } from '../../engine/index.ts'
import { withPeak } from '../../engine/peak.ts'
import { recorded } from '../../engine/recipe.ts'
import { assignAll, checkNames, joinStates, loadParts, mapRecord, type Snapshot } from '../../engine/state.ts'
import { type EmbeddingLoss, type Forces, type Loss, lossAndForces } from '../../losses/loss.ts'
import { Batches } from '../data/batches.ts'
import { instances } from '../data/samplers.ts'
import { embed } from '../embed.ts'
import type { Layer } from '../layers/layer.ts'
import { clipGradValue, clipNorm } from '../optim/clip.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Schedule } from '../optim/schedule.ts'
import { atOnce, later, type Reading } from '../reading.ts'
import { count, disposeAll, hold, putBack } from '../state.ts'
import {
  type ClipOptions,
  type RunOptions,
  runOptions,
  type TrainerOptions,
  type TrainerRecipe,
  trainerOptions,
} from './options.ts'
import { checkOutcome, type Outcome, outcomeOf, outcomeTensors, ownValues, stateLeft } from './outcome.ts'
import { progressBar, type Report } from './progress.ts'
import { takeSteps } from './run.ts'

/**
 * Trains `net` by `loss`. A step: every `refreshEvery` steps the loss's `refresh` on all the data; the embeddings of the next
 * batch; their loss, with `update` before or after it (`trainingLoss`); then the gradient's step. Its state
 * is everything that the next steps depend on: a run that was stopped goes on bit for bit.
 */
export class Trainer<L extends EmbeddingLoss = Loss> implements Stateful {
  readonly net: Layer
  readonly loss: L
  readonly optimizer: Optimizer
  readonly #batches: Batches
  readonly #schedule: Schedule
  readonly #clip: ClipOptions
  #steps = 0
  /** What the parts knew before the step that is under way. */
  #held?: Readonly<Record<string, Snapshot>>
  #running = false

  constructor(options: TrainerOptions<L>) {
    const { net, loss, optimizer, x, y, batch, seed, sampling, schedule, clip } = trainerOptions(options)
    this.net = net
    this.loss = loss
    this.optimizer = optimizer
    this.#batches = new Batches(x, y, batch, seed, sampling)
    this.#schedule = schedule
    this.#clip = clip
    recorded(this, 'Trainer', {
      x,
      y,
      batch,
      sampling: sampling ?? instances(),
      schedule,
      clip,
    } satisfies TrainerRecipe)
  }

  /** Steps taken since the beginning. */
  get steps(): number {
    return this.#steps
  }

  /**
   * Takes one step and gives the batch's loss. Throws when that, the batch, a gradient or what the step would leave behind
   * is not finite, or anything else fails; everything is then as it was before: parameters, centres, running statistics, the optimiser's state, random
   * streams. So the next step draws the same batch again: first mend what the error names, or leave it out of the data.
   */
  step(): number {
    this.#checkFree('step', this.#running)
    return tidy(() => atOnce(this.#take())).loss
  }

  /** The same on any backend: some answer later. */
  async stepAsync(): Promise<number> {
    this.#checkFree('stepAsync', this.#running)
    if (this.#batches.x.ahead !== undefined) {
      await this.#batches.ready()
      this.#checkFree('stepAsync', this.#running)
    }
    return (await later(this.#take({ ahead: true }))).loss
  }

  /** A step; `ahead` prepares the next batch while a device is at work, `forces` reads those on the prototypes. */
  *#take({ ahead = false, forces = false } = {}): Reading<Omit<Report, 'step' | 'lr' | 'waited'>> {
    const parts = this.#everything()
    const held = hold(parts)
    this.#held = held
    let outcome: Outcome | undefined
    try {
      const { result, peak } = withPeak(this.#batches.x.backend, () => tidy(() => this.#compute(forces)))
      outcome = result
      if (ahead) this.#batches.prepare()
      const loss = yield* checkOutcome(outcome, ` at step ${this.#steps + 1}`)
      const [pull, push] = outcome.forces ? yield [outcome.forces.pull, outcome.forces.push] : []
      // Rows of tables move last: nothing fails after them.
      this.optimizer.commit?.()
      this.#steps++
      const { length: samples } = outcome.samples
      return { loss, samples, ...(peak !== undefined && { peakBytes: peak }), ...(pull && { pull, push }) }
    } catch (error) {
      putBack(held)
      throw error
    } finally {
      this.#held = undefined
      disposeAll(outcomeTensors(outcome))
      for (const part of Object.values(held)) part.release()
    }
  }

  /** A step on the next batch: its loss, the gradients, and what it leaves behind. */
  #compute(watched: boolean): Outcome {
    const { net, loss, optimizer } = this
    if (loss.refreshEvery > 0 && this.#steps % loss.refreshEvery === 0) {
      const { x, y } = this.#batches
      noGrad(() => loss.refresh(embed(net, x), y))
    }
    const { x, y, samples } = this.#batches.next()
    let forces: Forces | undefined
    const lossOfBatch = (): Tensor => {
      const told = lossAndForces(loss, net(x, { training: true }), y, { watched, checked: true })
      forces = told.forces
      return told.value
    }
    const { value, grads } = noGrad(() => valueAndGrad(lossOfBatch, optimizer.parameters))
    optimizer.step(this.#clipped(grads), this.#factor(), { checked: true })
    return outcomeOf(value, x, samples, grads, stateLeft(net, loss, optimizer), forces)
  }

  /**
   * Takes steps until there were enough or `onStep` says `false`; other events get their turn in between. One run at a
   * time, and no step beside it: await it.
   */
  async run(options: RunOptions): Promise<Report | undefined> {
    const { steps, progress = false, forces = false, onStep } = runOptions(options)
    if (forces && this.loss.forces === undefined) {
      throw new Error(`Trainer.run: forces goes with margin losses, got ${this.loss.name}`)
    }
    this.#checkFree('run', this.#running)
    this.#running = true
    const { backend, ahead } = this.#batches.x
    const { synchronous } = backend
    const step = async (): Promise<Report> => {
      const lr = this.optimizer.lr * this.#factor()
      const before = ahead?.waited()
      if (ahead !== undefined) await this.#batches.ready()
      const taken = synchronous
        ? tidy(() => atOnce(this.#take({ forces })))
        : await later(this.#take({ ahead: true, forces }))
      return { step: this.#steps, lr, ...taken, ...(ahead && { waited: ahead.waited() - before! }) }
    }
    try {
      const bar = typeof progress === 'object' ? progress : await progressBar(progress)
      const last = this.#steps + steps
      return await takeSteps({ step, taken: () => this.#steps, last, bar, onStep })
    } finally {
      this.#running = false
    }
  }

  /** Of everything that the next steps depend on; while one is under way, of before it. */
  state(): State {
    const held = this.#held
    const stateOf = (part: Stateful, name: string): State =>
      held === undefined ? part.state() : held[name].state()
    return joinStates(mapRecord(this.#parts(), stateOf))
  }

  load(state: State): void {
    this.#checkFree('load')
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

  /** And the parameters that are the optimiser's alone. */
  #everything(): Record<string, Stateful> {
    const parameters = ownValues(this.optimizer)
    const trained: Stateful = {
      state: () => ({ tensors: parameters, values: {} }),
      load: ({ tensors }) => assignAll(parameters, tensors),
    }
    return { ...this.#parts(), trained }
  }

  /** The schedule's, for the next step. */
  #factor(): number {
    const factor = this.#schedule(this.#steps)
    checkNumber('Trainer', `schedule(${this.#steps})`, factor, 0, Number.MAX_VALUE)
    return factor
  }

  /** Steps are taken one at a time, and a run takes its own. */
  #checkFree(op: string, running = false): void {
    if (this.#held !== undefined) {
      throw new Error(`Trainer.${op}: one step at a time expected, got a step while another is under way`)
    }
    if (running) {
      throw new Error(
        `Trainer.${op}: one run at a time expected, got another while one is under way (await it)`,
      )
    }
  }

  #clipped(grads: Record<string, Tensor>): Record<string, Tensor> {
    const { norm, value } = this.#clip
    const bounded = value === undefined ? grads : clipGradValue(grads, value)
    return norm === undefined ? bounded : clipNorm(bounded, norm).grads
  }
}
