import type { Value } from './field.ts'

export const BACKENDS = ['wasm', 'webgl2', 'webgpu'] as const
export type BackendChoice = (typeof BACKENDS)[number]

/** What both sides share. */
export interface Shared {
  /** Images of the largest class over those of the smallest. */
  readonly imbalance: number
  /** Length of an embedding. */
  readonly dim: 2 | 3
  readonly seed: number
  /** Of the whole training: the learning rate falls to 0 by then. */
  readonly steps: number
  readonly backend: BackendChoice
}

/** A loss by its name in the library's table, and what is set of its options: every one of `sideFields`. */
export interface Side {
  readonly loss: string
  readonly options: Readonly<Record<string, Value>>
}

/** All that a run depends on. */
export interface Settings {
  readonly shared: Shared
  readonly sides: readonly [left: Side, right: Side]
}
