/** What happens to the images of a training step. */
export type { Augmentation, Size } from './augmentation.ts'
export { type EraseOptions, erase } from './erase.ts'
export { inTurn } from './inTurn.ts'
export { noise } from './noise.ts'
export { scale } from './scale.ts'
export { shift } from './shift.ts'
