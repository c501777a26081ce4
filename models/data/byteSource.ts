import { type Backend, type Generator, type Json, type Tensor, tensor } from '../../engine/index.ts'
import { checkNames } from '../../engine/state.ts'
import { generatorState } from '../state.ts'
import type { Augmentation, Size } from './augment.ts'
import type { Source } from './source.ts'

/** Images as bytes, one after another or not: image b is `bytes` from `starts[b]` on. */
export interface Stored {
  readonly bytes: Uint8Array
  readonly starts: ArrayLike<number>
}

interface ByteImages {
  /** Opens errors. */
  readonly op: string
  readonly count: number
  readonly image: Size
  readonly augment: Augmentation | undefined
  readonly backend: Backend
  /** Of the augmentation. */
  readonly rng: Generator
}

/** v / 255 in float32 of each byte v. */
const SHARES = Float32Array.from({ length: 256 }, (_, v) => v / 255)

/**
 * A source of images that are bytes: x = v / 255, float32, made batch by batch. `stored` finds those of picks, and `drawn` those of
 * picks for a training step, which may be fewer.
 */
export function byteSource(
  { op, count, image, augment, backend, rng }: ByteImages,
  stored: (picks: ArrayLike<number>) => Stored,
  drawn = stored,
): Source {
  const size = image[0] * image[1] * image[2]
  const onBackend = (values: Float32Array): Tensor =>
    tensor(values, { shape: [values.length / size, ...image], backend })
  return {
    shape: [count, ...image],
    backend,
    rows: picks => onBackend(floats(stored(picks), size)),
    draw(picks) {
      const values = floats(drawn(picks), size)
      if (augment !== undefined) {
        for (let at = 0; at < values.length; at += size) augment(values.subarray(at, at + size), image, rng)
      }
      return () => onBackend(values)
    },
    state(): Readonly<Record<string, Json>> {
      return augment === undefined ? {} : { augment: [...rng.state()] }
    },
    load(values) {
      checkNames(op, augment === undefined ? [] : ['augment'], Object.keys(values))
      if (augment !== undefined) rng.load(generatorState(op, 'augment', values.augment))
    },
  }
}

function floats({ bytes, starts }: Stored, size: number): Float32Array {
  const out = new Float32Array(starts.length * size)
  for (let b = 0; b < starts.length; b++) {
    const image = bytes.subarray(starts[b], starts[b] + size)
    for (let k = 0, to = b * size; k < size; k++, to++) out[to] = SHARES[image[k]]
  }
  return out
}
