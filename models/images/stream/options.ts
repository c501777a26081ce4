import { checkBackend } from '../../../engine/backends/backend.ts'
import { checkFlag, checkGiven, checkInteger, type OptionNames, refusal } from '../../../engine/check.ts'
import { type Backend, type Chance, defaultBackend } from '../../../engine/index.ts'
import { CHANCE, seedOf } from '../../../engine/random.ts'
import { type Augmentation, checkAugmentation } from '../../data/augment.ts'
import { DECODE_OPTIONS, type DecodeOptions, type DecodeSettings, decodeSettings } from '../decode.ts'
import { checkForm, type Form } from '../form.ts'

/** `seed` or `rng` are of the augmentation; default seed 0. */
export interface ImageStreamOptions extends DecodeOptions, Chance {
  /** The size that images are brought to. */
  readonly size: { readonly height: number; readonly width: number }
  /** 3, red, green and blue (the default), or 1: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). */
  readonly channels?: 1 | 3
  /** What happens to the images of a training step. Default nothing. */
  readonly augment?: Augmentation
  /** Default: the one set by `setBackend`. */
  readonly backend?: Backend
  /** Threads that read and decode. Default 2. */
  readonly workers?: number
  /** How many batches they may be ahead of the step, N H W C bytes each. Default 4. */
  readonly ahead?: number
  /**
   * Training goes on without images that cannot be read: each is named on the console once, and `close` says how many there
   * were. Default false: a step on one throws.
   */
  readonly skipUnreadable?: boolean
}

const OPTIONS = {
  ...DECODE_OPTIONS,
  ...CHANCE,
  size: true,
  channels: true,
  augment: true,
  backend: true,
  workers: ['numWorkers', 'num_workers'],
  ahead: ['prefetch', 'prefetchFactor', 'prefetch_factor'],
  skipUnreadable: true,
} satisfies OptionNames<ImageStreamOptions>

interface Settings {
  readonly form: Form
  readonly augment: Augmentation | undefined
  readonly backend: Backend
  readonly seed: number
  readonly workers: number
  readonly ahead: number
  readonly skipUnreadable: boolean
  readonly decode: DecodeSettings
}

/** The options, checked and complete. */
export function streamSettings(op: string, options: ImageStreamOptions): Settings {
  checkGiven(op, options, OPTIONS)
  const { size, channels = 3, augment, backend = defaultBackend(), workers = 2, ahead = 4 } = options
  const { skipUnreadable = false, decoder, maxPixels, autoOrient } = options
  checkForm(op, size, channels)
  if (size === undefined) throw refusal(op, 'size: { height, width }', size)
  if (augment !== undefined) checkAugmentation(op, 'augment', augment)
  checkBackend(op, backend)
  checkInteger(op, 'workers', workers, 1, 64)
  checkInteger(op, 'ahead', ahead, 1)
  checkFlag(op, 'skipUnreadable', skipUnreadable)
  return {
    form: { height: size.height, width: size.width, channels },
    augment,
    backend,
    seed: seedOf(op, options, 0),
    workers,
    ahead,
    skipUnreadable,
    decode: decodeSettings(op, { decoder, maxPixels, autoOrient }),
  }
}
