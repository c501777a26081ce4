import type { Case } from '../cases/case.ts'

/**
 * What the bench and a contestant's process say to each other, one line of JSON each: a greeting when the library is
 * loaded, then an answer to every request. Any process that speaks it can take part.
 */
export type Request =
  /** Gets the inputs ready and computes once, from cold. */
  | { readonly ask: 'begin'; readonly case: Case }
  /** Computes `untimed` times, then for `ms` milliseconds, at least once; a sample is the mean of `inner` calls. */
  | { readonly ask: 'run'; readonly untimed: number; readonly ms: number; readonly inner: number }
  /** Tells the most memory that the process has had. */
  | { readonly ask: 'memory' }
  /** Gives the case's memory back. */
  | { readonly ask: 'end' }

export interface Greeting {
  readonly version: string
  /** What a reader of the figures must know about this installation. */
  readonly note?: string
}

export interface Begun {
  /** Of the first call; where the case warms up, of the last. */
  readonly ms: number
  /** Some values of each output, in the layout of the case. */
  readonly outputs: readonly (readonly number[])[]
}

export interface Ran {
  /** Milliseconds a call. */
  readonly samples: readonly number[]
}

export interface Memory {
  /** Resident at most. */
  readonly bytes: number
}

/** Instead of an answer: why there is none. */
export interface Refusal {
  readonly reason: string
}
