import type { Json } from '../../engine/index.ts'

/** Draws the samples of a batch. Its state is all that the next draws depend on. */
export interface Sampler {
  /** Indices of the next batch. */
  next(): Int32Array
  state(): Readonly<Record<string, Json>>
  load(values: Readonly<Record<string, Json>>): void
}

/** A sampler for samples with these labels, in batches of `size`; the same seed draws the same. */
export type Sampling = (y: Int32Array, size: number, seed: number) => Sampler

/** Of a sampling that has nothing to choose. */
export type NoOptions = Readonly<Record<string, never>>
