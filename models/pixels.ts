import { type Backend, defaultBackend, generator, type Json, type Shape, tensor } from '../engine/index.ts'
import { checkNames } from '../engine/state.ts'
import type { Augmentation } from './augment/augmentation.ts'
import { words } from './layers/layer.ts'
import type { Source } from './source.ts'

export interface PixelsOptions {
  /** Height, width and channels of an image. Default [28, 28, 1]. */
  image?: readonly [height: number, width: number, channels: number]
  /** Which images of `pixels`, by index; a sample k is then image of[k]. Default all. */
  of?: ArrayLike<number>
  /** What happens to the images of a training step. Default nothing. */
  augment?: Augmentation
  /** Of the augmentation. Default 0. */
  seed?: number
  /** Default: the one set by `setBackend`. */
  backend?: Backend
}

/**
 * Images kept as bytes, one a value, and made into x = pixels / 255, float32, batch by batch: a quarter of the memory, and
 * none of it on the backend.  pixels[M,H,W,C] -> samples [N,H,W,C]
 * Throws when `pixels` is not a whole number of images, or `of` names one that is not there.
 */
export function pixels(
  bytes: Uint8Array,
  { image = [28, 28, 1], of, augment, seed = 0, backend = defaultBackend() }: PixelsOptions = {},
): Source {
  const size = image[0] * image[1] * image[2]
  const count = bytes.length / size
  if (!Number.isInteger(count)) {
    throw new Error(`pixels: a multiple of ${size} bytes expected, [${image}] an image, got ${bytes.length}`)
  }
  const images = Array.from(of ?? { length: count }, (i, k) => (of === undefined ? k : i))
  const odd = images.find(i => !(Number.isInteger(i) && i >= 0 && i < count))
  if (odd !== undefined) throw new Error(`pixels: images from 0 to ${count - 1} expected, got ${odd}`)
  const shape: Shape = [images.length, ...image]
  const rng = generator(seed)

  const floats = (picks: ArrayLike<number>): Float32Array => {
    const out = new Float32Array(picks.length * size)
    for (let b = 0; b < picks.length; b++) {
      const from = images[picks[b]] * size
      for (let k = 0; k < size; k++) out[b * size + k] = bytes[from + k] / 255
    }
    return out
  }
  const onBackend = (values: Float32Array) =>
    tensor(values, { shape: [values.length / size, ...image], backend })

  return {
    shape,
    backend,
    rows: picks => onBackend(floats(picks)),
    draw(picks) {
      const values = floats(picks)
      if (augment !== undefined) {
        for (let b = 0; b < picks.length; b++) {
          augment(values.subarray(b * size, (b + 1) * size), image, rng)
        }
      }
      return () => onBackend(values)
    },
    state(): Readonly<Record<string, Json>> {
      return augment === undefined ? {} : { augment: [...rng.state()] }
    },
    load(values) {
      checkNames('pixels', augment === undefined ? [] : ['augment'], Object.keys(values))
      if (augment !== undefined) rng.restore(words('pixels', 'augment', values.augment))
    },
  }
}
