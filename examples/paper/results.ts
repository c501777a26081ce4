import type { StartName } from '../../engine/index.ts'
import type { Unfinished } from '../jobs/job.ts'
import type { Strengths } from './strengths.ts'

/** What decides a run's figures, and nothing else does. */
export interface Job {
  /** The setting's name (settings.ts). */
  readonly loss: string
  readonly seed: number
  readonly steps: number
  readonly backend: StartName
}

/** Of class 3, the digit "3", and so on. */
export interface ClassFigures {
  readonly trainSize: number
  /** The share of its test images that the logits get right, 0 to 1. */
  readonly accuracy: number
  /** The same by the nearest class mean, which ignores the weights: what the embedding alone is worth. */
  readonly ncm: number
  /** Between its weight and its centre, the mean of x / ‖x‖ over its training images (equation 3); radians. */
  readonly angle: number
  readonly weight: readonly number[]
  /** The mean of x over its training images, where the picture has its label. */
  readonly centre: readonly number[]
}

export interface Run {
  readonly loss: string
  readonly seed: number
  /** The mean of the accuracies of the classes. */
  readonly balanced: number
  readonly classes: readonly ClassFigures[]
  /** What pulled and pushed the weights at each step; of a sum of losses there is none. */
  readonly strengths?: Strengths
  /** Steps taken: fewer than the job's when it was stopped. */
  readonly steps: number
  readonly seconds: number
}

/** Embeddings of the test images x[N,2], and their digits y[N]. */
export interface Points {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/** What a run gives. */
export interface Result {
  readonly run: Run
  readonly points: Points
}

export interface Results {
  readonly options: Omit<Job, 'loss' | 'seed'> & {
    readonly losses: readonly string[]
    readonly seeds: readonly number[]
  }
  /** Those that took all their steps. */
  readonly runs: readonly Run[]
  readonly unfinished: readonly Unfinished[]
}

/** What goes on the line of a run: shares in 0 to 1, angles in radians, from digit 0 to 9. */
export const lineOf = (run: Run) => ({
  loss: run.loss,
  seed: run.seed,
  balanced: run.balanced,
  accuracy: run.classes.map(c => c.accuracy),
  ncm: run.classes.map(c => c.ncm),
  angle: run.classes.map(c => c.angle),
  seconds: run.seconds,
})
