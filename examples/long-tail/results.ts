import type { StartName } from '../../engine/index.ts'
import type { Unfinished } from '../jobs/job.ts'

/** How many of the largest classes are the head, and of the smallest the tail. */
export const END = 4

/** What decides a run's figures, and nothing else does. */
export interface Job {
  readonly loss: string
  readonly seed: number
  readonly steps: number
  readonly imbalance: number
  readonly dim: number
  readonly backend: StartName
}

export interface ClassFigures {
  readonly digit: number
  readonly trainSize: number
  readonly testSize: number
  /** Shares in 0..1 of the test images that are right: by the loss's logits, and by the nearest class mean. */
  readonly accuracy: number
  readonly ncm: number
  /** Between the prototype and the centre of the training images, radians. */
  readonly angle: number
  readonly prototype: readonly number[]
  readonly centre: readonly number[]
}

/** The figures of a run that go on one line; accuracies in 0..1, angles in radians. */
export interface Figures {
  readonly loss: string
  readonly seed: number
  /** Balanced accuracy: the mean of the accuracies of the classes. */
  readonly accuracy: number
  /** The same over the four smallest classes. */
  readonly tail: number
  /** Balanced accuracy of the nearest class mean. */
  readonly ncm: number
  /** Mean angle between prototype and centre, of the four largest and of the four smallest classes. */
  readonly angleHead: number
  readonly angleTail: number
  readonly seconds: number
}

export interface Run extends Figures {
  /** Steps of training taken: fewer than the job's when it was stopped. */
  readonly steps: number
  readonly classes: readonly ClassFigures[]
  /** The loss at steps along the way, each the mean since the one before. */
  readonly curve: readonly (readonly [step: number, loss: number])[]
}

/** Embeddings of the test images, for the picture; [N,2], and only where dim is 2. */
export interface Points {
  readonly x: ArrayLike<number>
  readonly y: ArrayLike<number>
}

/** What a run gives. */
export interface Result {
  readonly run: Run
  readonly points?: Points
}

export interface Results {
  readonly options: Omit<Job, 'loss' | 'seed'> & {
    readonly losses: readonly string[]
    readonly seeds: readonly number[]
  }
  /** Some runs are missing, those in `unfinished`, or were stopped before their last step. */
  readonly partial: boolean
  readonly runs: readonly Run[]
  readonly unfinished: readonly Unfinished[]
}

/** What goes on the line of a run. */
export const figuresOf = (run: Figures): Figures => {
  const { loss, seed, accuracy, tail, ncm, angleHead, angleTail, seconds } = run
  return { loss, seed, accuracy, tail, ncm, angleHead, angleTail, seconds }
}
