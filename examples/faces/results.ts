import type { Unfinished } from '../jobs/job.ts'
import type { NetName } from './nets.ts'
import type { Size } from './people.ts'

/** What decides a run's figures, and nothing else does; `folder` is where its set lies. */
export interface Job {
  readonly loss: string
  readonly seed: number
  readonly steps: number
  readonly batch: number
  readonly net: NetName
  /** The share of the classes that a step sees. */
  readonly rate: number
  readonly folder: string
}

/** A pair of strangers that the threshold gets wrong, and by how much in cosines. */
export interface Mistake {
  readonly pair: number
  readonly cosine: number
  readonly same: boolean
  readonly by: number
}

export interface Run {
  readonly loss: string
  readonly seed: number
  /** Of ten folds, each at the threshold that is best on the others, 0 to 1; and its standard error. */
  readonly accuracy: number
  readonly error: number
  readonly auc: number
  /** True accepts among pairs of one person where so many of the others may be accepted, 0 to 1, and how many of them that is. */
  readonly rates: readonly { readonly far: number; readonly tar: number; readonly allowed: number }[]
  /** Means of the loss over hundredths of the training. */
  readonly curve: readonly number[]
  readonly mistakes: readonly Mistake[]
  /** Numbers in the class weights that the optimiser trains and remembers; class centres have none. */
  readonly trained: number
  /** Seconds that steps waited for images. */
  readonly waited: number
  readonly imagesPerSecond: number
  /** Of the backend's memory in a step. */
  readonly peakBytes?: number
  readonly steps: number
  readonly seconds: number
}

export interface Results {
  readonly options: Omit<Job, 'loss' | 'seed' | 'folder'> & {
    readonly losses: readonly string[]
    readonly seeds: readonly number[]
    readonly size: Size
  }
  /** Those that took all their steps. */
  readonly runs: readonly Run[]
  readonly unfinished: readonly Unfinished[]
}

/** What goes on the line of a run: all but the picture's numbers. */
export const lineOf = ({ curve, mistakes, ...figures }: Run) => figures
