import { refusal } from '../../engine/check.ts'
import { Generator } from '../../engine/index.ts'

/** Height, width and channels of an image. */
export type Size = readonly [height: number, width: number, channels: number]

/** Changes an image [H,W,C] where it stands, by chance. Draws as many random numbers whatever is on the image. */
export type Augmentation = (image: Float32Array, size: Size, rng: Generator) => void

/** `change`, which refuses by name what is no image: tensors go through `augment` of a source. */
export const augmentation =
  (name: string, change: Augmentation): Augmentation =>
  (image, size, rng) => {
    if (!(image instanceof Float32Array)) {
      throw refusal(name, 'an image as a Float32Array, [height, width, channels] and a generator', image)
    }
    if (!Array.isArray(size) || size.length !== 3)
      throw refusal(name, 'a size [height, width, channels]', size)
    if (!(rng instanceof Generator)) throw refusal(name, 'a generator', rng)
    change(image, size, rng)
  }
