import type { Tensor } from '../../engine/index.ts'

/** A part of the classes that a loss sees: those that stand from `begin` to before `end` among them. */
export interface ClassBlock {
  readonly begin: number
  readonly end: number
  /** W[end-begin,D]. */
  W(): Tensor
  /** No gradient flows into W, and each call makes it anew. */
  readonly constant: boolean
}

/** The prototypes of the classes that a loss sees. */
export interface SeenPrototypes {
  readonly blocks: readonly ClassBlock[]
  /** w_y of each sample, and its class centre c_y where that is another.  [N,D] */
  own(): Tensor
  readonly ownCenters?: () => Tensor
  /** Of all classes.  [C] */
  readonly b?: Tensor
}

/** Where blocks begin and end. */
export const blocksOf = (size: number, block: number): { begin: number; end: number }[] =>
  Array.from({ length: Math.ceil(size / block) }, (_, i) => ({
    begin: i * block,
    end: Math.min(size, (i + 1) * block),
  }))
