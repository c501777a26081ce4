import type { Generator } from '../../engine/index.ts'

/** Height, width and channels of an image. */
export type Size = readonly [height: number, width: number, channels: number]

/** Changes an image [H,W,C] where it stands, by chance. Draws as many random numbers whatever is on the image. */
export type Augmentation = (image: Float32Array, size: Size, rng: Generator) => void
