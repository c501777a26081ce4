import { checkBackend } from '../../engine/backends/backend.ts'
import { checkList, checkOptions, checkSizes, type OptionNames } from '../../engine/check.ts'
import { type Backend, type Chance, defaultBackend, generator } from '../../engine/index.ts'
import { CHANCE, seedOf } from '../../engine/random.ts'
import { type Bytes, bytesOf } from '../files.ts'
import { type Augmentation, checkAugmentation } from './augment.ts'
import { byteSource, type Stored } from './byteSource.ts'
import type { Source } from './source.ts'

/** `seed` or `rng` are of the augmentation; default seed 0. */
export interface PixelsOptions extends Chance {
  /** Height, width and channels of an image. Default [28, 28, 1]. */
  image?: readonly [height: number, width: number, channels: number]
  /** Which images of `pixels`, by index; a sample k is then image of[k]. Default all. */
  of?: ArrayLike<number>
  /** What happens to the images of a training step. Default nothing. */
  augment?: Augmentation
  /** Default: the one set by `setBackend`. */
  backend?: Backend
}

const KNOWN = {
  image: true,
  of: true,
  augment: true,
  backend: true,
  ...CHANCE,
} satisfies OptionNames<PixelsOptions>

/**
 * Images kept as bytes, one a value, and made into x = pixels / 255, float32, batch by batch: a quarter of the memory, and
 * none of it on the backend.  pixels[M,H,W,C] -> samples [N,H,W,C]
 * Throws when `pixels` is not a whole number of images, or `of` names one that is not there, and on floats: those are
 * samples as they are, and go into a tensor.
 */
export function pixels(values: Bytes, options: PixelsOptions = {}): Source {
  checkOptions('pixels', options, KNOWN)
  const { image = [28, 28, 1], of, augment, backend = defaultBackend() } = options
  const bytes = bytesOf('pixels (samples of floats are a tensor, x: tensor(floats, { shape }))', values)
  checkList('pixels', 'image', image, '[height, width, channels]', 3)
  const [height, width, channels] = image
  checkSizes('pixels', { height, width, channels })
  if (augment !== undefined) checkAugmentation('pixels', 'augment', augment)
  checkBackend('pixels', backend)
  const size = height * width * channels
  const count = bytes.length / size
  if (!Number.isInteger(count)) {
    throw new Error(`pixels: a multiple of ${size} bytes expected, [${image}] an image, got ${bytes.length}`)
  }
  const images = Array.from(of ?? { length: count }, (i, k) => (of === undefined ? k : i))
  const odd = images.find(i => !(Number.isInteger(i) && i >= 0 && i < count))
  if (odd !== undefined) throw new Error(`pixels: images from 0 to ${count - 1} expected, got ${odd}`)
  const starts = (picks: ArrayLike<number>): Stored => ({
    bytes,
    starts: Float64Array.from(picks, pick => images[pick] * size),
  })
  const rng = generator(seedOf('pixels', options, 0))
  return byteSource({ op: 'pixels', count: images.length, image, augment, backend, rng }, starts)
}
