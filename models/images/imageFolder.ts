import {
  checkFlag,
  checkInteger,
  checkOptions,
  type OptionNames,
  refusal,
  shown,
} from '../../engine/check.ts'
import { generator } from '../../engine/index.ts'
import { findClasses } from './folders.ts'
import type { ImageList } from './imageList.ts'
import { type DecoderOption, decoderFor } from './sharp/decoder.ts'
import { type ImageStream, imageStream } from './stream/imageStream.ts'
import type { ImageStreamOptions } from './stream/options.ts'
import { counted, type LeftOut, listed, UnreadableError } from './unreadable.ts'

export interface ImageFolder {
  /** The folders' names, sorted: class j is classes[j]. */
  readonly classes: readonly string[]
  readonly train: ImageList
  readonly validation: ImageList
  /** The images of `train` as samples to train on, decoded while the steps are at work: see `imageStream`. */
  stream(options: ImageStreamOptions): ImageStream
  /** What was left out, and why: hidden folders that hold images, links that lead back, and with `skipUnreadable` the rest. */
  readonly leftOut: readonly LeftOut[]
}

export interface ImageFolderOptions {
  /** The share of each class that is held out, in [0, 1). Default 0. */
  readonly validation?: number
  /** Of which images are held out. Default 0. */
  readonly seed?: number
  /** Who will decode, which tells the kinds that are taken: see `decodeImage`. Default auto. */
  readonly decoder?: DecoderOption
  /** Go on without what cannot be read, and without classes that have no image. Default false: an error names them all. */
  readonly skipUnreadable?: boolean
}

const OPTIONS = {
  validation: true,
  seed: true,
  decoder: true,
  skipUnreadable: true,
} satisfies OptionNames<ImageFolderOptions>

/**
 * The images under `root`, one folder a class, as torchvision's ImageFolder finds them: `root/cat/1.jpg`,
 * `root/cat/more/2.png`, `root/dog/1.jpg`. Names are sorted by their characters' codes, so that a folder is the same
 * list everywhere; hidden ones and those that systems leave (`Thumbs.db`, `__MACOSX`) are passed over. Links are followed, in a
 * class to each folder once. Of the n images of a class, min(n - 1, round(share n)) are held out, drawn by `seed`: every
 * class stays in training. No image is opened: see `readImageList`. What is in `leftOut` is also named on the console.
 *
 * Throws when `root` is no folder or has fewer than two in it, and an `UnreadableError` that names all: classes without an image,
 * images of a kind that is not read, links that lead nowhere.
 */
export function imageFolder(root: string, options: ImageFolderOptions = {}): ImageFolder {
  checkOptions('imageFolder', options, OPTIONS)
  const { validation = 0, seed = 0, skipUnreadable = false } = options
  if (typeof root !== 'string') throw refusal('imageFolder', 'root as the path of a folder', root)
  if (typeof validation !== 'number' || !(validation >= 0 && validation < 1)) {
    throw new Error(`imageFolder: validation is a share in [0, 1), got ${shown(validation)}`)
  }
  checkInteger('imageFolder', 'seed', seed)
  checkFlag('imageFolder', 'skipUnreadable', skipUnreadable)
  const found = findClasses(root, decoderFor('imageFolder', options.decoder))
  if (found.unreadable.length > 0 && !skipUnreadable) {
    const total = found.classes.reduce((n, { files }) => n + files.length, found.unreadable.length)
    throw new UnreadableError('imageFolder', found.unreadable, total)
  }
  const leftOut = [...found.unreadable, ...found.passed]
  if (leftOut.length > 0)
    console.warn(`imageFolder: ${root}: left out ${counted(leftOut.length)}:\n${listed(leftOut)}`)
  const classes = found.classes.filter(({ files }) => files.length > 0)
  if (classes.length < 2) {
    const got = classes.length === 0 ? 'none' : `only ${classes[0].name}`
    throw new Error(`imageFolder: at least 2 folders expected in ${root}, one a class, got ${got}`)
  }
  const rng = generator(seed)
  const parts = classes.map(({ files }) => {
    const n = files.length
    const held = new Set(rng.permutation(n).subarray(0, Math.min(n - 1, Math.round(validation * n))))
    return [false, true].map(hold => files.filter((_, i) => held.has(i) === hold))
  })
  const [train, held] = [0, 1].map(part => listOf(parts.map(lists => lists[part])))
  return {
    classes: classes.map(({ name }) => name),
    train,
    validation: held,
    stream: options => imageStream(train, options),
    leftOut,
  }
}

function listOf(byClass: readonly (readonly string[])[]): ImageList {
  return { files: byClass.flat(), y: Int32Array.from(byClass.flatMap((files, j) => files.map(() => j))) }
}
