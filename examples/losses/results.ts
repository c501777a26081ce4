import type { Unfinished } from '../jobs/job.ts'

/** What decides a run's figures, and nothing else does. */
export interface Job {
  /** A name of ROWS. */
  readonly loss: string
  readonly seed: number
  readonly steps: number
  /** The net's rate. */
  readonly lr: number
  /** The rate of what the loss learns, in rates of the net; of a loss that learns nothing there is none. */
  readonly times?: number
}

/** Shares are in 0..1; accuracies are the mean of the classes' own. */
export interface Figures {
  readonly loss: string
  readonly seed: number
  readonly lr: number
  readonly times?: number
  readonly accuracy: number
  /** The same over the four classes of the fewest training images. */
  readonly tail: number
  /** Of the training images. */
  readonly train: number
  /** By the nearest class mean; of a loss without weights and centres `accuracy`, `tail` and `train` are so, too. */
  readonly ncm: number
  /** Of retrieval among the kinds that were not trained on: each image asks for the others of its kind. */
  readonly mAP: number
  /** Of verification among them: pairs of one kind that are accepted where 1 % of the pairs of two are. */
  readonly tar: number
  /** Processor time of a step, the median, on one thread. */
  readonly stepMs: number
  /** The most bytes in use at once during a step: images, net, optimiser, loss. */
  readonly peakBytes: number
  readonly seconds: number
}

export interface Run extends Figures {
  readonly steps: number
}

export interface Result {
  readonly run: Run
}

export interface Results {
  readonly options: {
    readonly losses: readonly string[]
    readonly seeds: readonly number[]
    readonly choice: readonly number[]
    readonly rates: readonly number[]
    readonly times: readonly number[]
    readonly steps: number
  }
  /** Those that took all their steps. */
  readonly runs: readonly Run[]
  /** Those by which the rates were chosen. */
  readonly trials: readonly Run[]
  readonly unfinished: readonly Unfinished[]
}

/** What goes on the line of a run. */
export const figuresOf = ({ steps: _, ...figures }: Run): Figures => figures
