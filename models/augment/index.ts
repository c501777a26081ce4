/** What happens to the images of a training step. */
export { type Augmentation, inTurn, type Size } from './augmentation.ts'
export { type EraseOptions, erase } from './erase.ts'
export { noise } from './noise.ts'
export { scale } from './scale.ts'
export { shift } from './shift.ts'
