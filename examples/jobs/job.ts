/** A training to do, as far as the workers and their progress must know. */
export interface AnyJob {
  readonly loss: string
  readonly seed: number
  /** How many to take in all. */
  readonly steps: number
  /** What is counted, in the plural, where it is no step of training: there is no loss then, and `seed` is a place among the jobs. */
  readonly unit?: string
}

/** What comes of one. */
export interface AnyResult {
  readonly run: {
    /** Steps taken: fewer than the job's when it was stopped. */
    readonly steps: number
    readonly seconds: number
  }
}

/** A job that has ended, with its result if there is one. */
export type Outcome<Job extends AnyJob, Result extends AnyResult> = {
  readonly job: Job
  /** Steps taken. */
  readonly step: number
  readonly error?: string
} & Partial<Result>

/** A run without figures. */
export interface Unfinished {
  readonly loss: string
  readonly seed: number
  /** Steps taken before it ended. */
  readonly step: number
  /** Why, where it was not stopped from outside. */
  readonly error?: string
}

export const unfinishedOf = ({ job, step, error }: Outcome<AnyJob, AnyResult>): Unfinished => ({
  loss: job.loss,
  seed: job.seed,
  step,
  ...(error === undefined ? {} : { error }),
})

/** Whether the job took all its steps. */
export const isDone = ({ job, run }: Outcome<AnyJob, AnyResult>): boolean => run?.steps === job.steps

/** What the main process tells a run's: end the training where it is, and judge the net as it is. */
export const STOP = 'stop'

/** What a run's process tells the main one. */
export type Message<Result> =
  | { readonly kind: 'step'; readonly step: number; readonly loss: number }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly error: string }
