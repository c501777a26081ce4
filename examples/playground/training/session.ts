import { smallestClasses, type Trainer } from '../../../models/index.ts'
import type { Images } from '../../long-tail/images.ts'
import type { Split } from '../../long-tail/split.ts'
import { training } from '../../long-tail/training.ts'
import type { Settings } from '../settings/settings.ts'
import { drawn, look, type Sample, sampleOfAll, sampleOfFew } from './look.ts'
import type { Data, Pair, Sight } from './messages.ts'

/** How many of the smallest classes are the tail, as in the main job. */
const TAIL = 4

/** Two trainings side by side: each of its own loss, both of the same images in the same order from the same net. */
export class Session {
  readonly data: Data
  readonly #trainers: Pair<Trainer>
  readonly #split: Split
  readonly #steps: number
  readonly #few: Sample
  #all: Sample | undefined

  /** Computes on the backend that is set. Throws on options that a loss refuses. */
  constructor(lists: readonly Images[], { shared, sides }: Settings) {
    const trainingOf = (i: 0 | 1) => training(lists, { ...shared, loss: sides[i].loss }, sides[i].options)
    const [left, right] = [trainingOf(0), trainingOf(1)]
    const { digits, sizes, test } = left.split
    this.#trainers = [left.trainer, right.trainer]
    this.#split = left.split
    this.#steps = shared.steps
    this.#few = sampleOfFew(left.split)
    this.data = {
      digits,
      sizes,
      tail: smallestClasses(sizes, TAIL),
      labels: drawn(this.#few),
      sample: this.#few.test.length,
      all: test.y.length,
    }
  }

  get step(): number {
    return this.#trainers[0].steps
  }

  get finished(): boolean {
    return this.step >= this.#steps
  }

  /** A step on either side; the losses of their batches. */
  async take(): Promise<Pair<number>> {
    const [left, right] = this.#trainers
    const stepOf = (trainer: Trainer) =>
      this.#few.x.backend.synchronous ? trainer.step() : trainer.stepAsync()
    return [await stepOf(left), await stepOf(right)]
  }

  /** How both nets stand: on a few images along the way, on all of them after the last step. */
  async look(): Promise<Pair<Sight>> {
    if (this.finished) this.#all ??= sampleOfAll(this.#split)
    const sample = this.#all ?? this.#few
    const sightOf = async (trainer: Trainer): Promise<Sight> => ({
      ...(await look(trainer, sample, this.data.tail)),
      whole: this.finished,
    })
    const [left, right] = this.#trainers
    return [await sightOf(left), await sightOf(right)]
  }
}
