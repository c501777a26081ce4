import { checkFlag, checkFunction, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import type { Tensor } from '../../engine/index.ts'
import { checkLabels } from '../../losses/labels.ts'
import { DECODE_OPTIONS, type DecodeOptions, decodeImages, decodeSettings } from './decode.ts'
import { checkForm } from './form.ts'
import { checkFiles, type ImageList, type LabelledFiles } from './imageList.ts'
import { Rows } from './rows.ts'
import { counted, listed, readBytes, type Unreadable, UnreadableError } from './unreadable.ts'

export interface ImageOptions extends DecodeOptions {
  /** The size that images are brought to. Default: they must all be of the first one's. */
  readonly size?: { readonly height: number; readonly width: number }
  /** 3, red, green and blue (the default), or 1: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). */
  readonly channels?: 1 | 3
  /** Called after each file with the number of those done, and of all. */
  readonly onProgress?: (done: number, of: number) => void
}

export interface ImageListOptions extends ImageOptions {
  /** Go on without files that cannot be read: they are counted and named on the console. Default false: an error. */
  readonly skipUnreadable?: boolean
}

export interface ReadList extends ImageList {
  /** [N,height,width,channels] in 0..1, a row for each of `files` and `y`. */
  readonly x: Tensor
  /** What was left out. */
  readonly unreadable: readonly Unreadable[]
}

export const IMAGE_OPTIONS = {
  ...DECODE_OPTIONS,
  size: true,
  channels: true,
  onProgress: true,
} satisfies OptionNames<ImageOptions>
const LIST_OPTIONS = { ...IMAGE_OPTIONS, skipUnreadable: true } satisfies OptionNames<ImageListOptions>

/**
 * The images of files, each value over 255: see `decodeImage` for what is read and how.
 * files[N] -> [N,height,width,channels] in 0..1
 * Throws an `UnreadableError` that names all files that are missing, of another kind, damaged or too large, once it has
 * seen every file, and on images of another size than the first where no size is asked for.
 */
export function readImages(files: readonly string[], options: ImageOptions = {}): Tensor {
  checkOptions('readImages', options, IMAGE_OPTIONS)
  checkFiles('readImages', files)
  const { x, unreadable } = readAll('readImages', files, options)
  if (unreadable.length > 0) throw new UnreadableError('readImages', unreadable, files.length)
  return x!
}

/**
 * A list's images and labels, row by row, as `readImages` reads them; with `skipUnreadable` those that can be read, and a line
 * on the console that counts the others. files[N] y[N] -> x[M,height,width,channels] files[M] y[M], M <= N
 * Throws as `readImages` does, on labels that are no classes, and when no file can be read.
 */
export function readImageList(list: LabelledFiles, options: ImageListOptions = {}): ReadList {
  checkOptions('readImageList', options, LIST_OPTIONS)
  const { skipUnreadable = false } = options
  checkFlag('readImageList', 'skipUnreadable', skipUnreadable)
  const { files, y } = Object(list) as Partial<LabelledFiles>
  if (files === undefined || y === undefined) {
    throw refusal('readImageList', '{ files, y }, such as imageFolder(..).train,', list)
  }
  checkFiles('readImageList', files)
  const labels = checkLabels('readImageList', y)
  if (files.length !== labels.length) {
    const got = `${files.length} files and ${labels.length} labels`
    throw new Error(`readImageList: files[N] y[N] expected, got ${got}`)
  }
  const { x, unreadable } = readAll('readImageList', files, options)
  if (unreadable.length > 0) {
    if (!skipUnreadable || x === undefined)
      throw new UnreadableError('readImageList', unreadable, files.length)
    const count = `${counted(unreadable.length)} of ${counted(files.length)} files cannot be read`
    console.warn(`readImageList: left out, since ${count}:\n${listed(unreadable)}`)
  }
  const out = new Set(unreadable.map(({ index }) => index))
  return {
    x: x!,
    files: files.filter((_, i) => !out.has(i)),
    y: labels.filter((_, i) => !out.has(i)),
    unreadable,
  }
}

/** How many files are in memory, undecoded, and decoded at once where sharp does it on threads; libuv has four. */
const AT_ONCE = 4

function readAll(
  op: string,
  files: readonly string[],
  { size, channels = 3, onProgress, decoder, maxPixels, autoOrient }: ImageOptions,
): { x: Tensor | undefined; unreadable: Unreadable[] } {
  checkForm(op, size, channels)
  if (onProgress !== undefined) checkFunction(op, 'onProgress', onProgress)
  const settings = decodeSettings(op, { decoder, maxPixels, autoOrient })
  const unreadable: Unreadable[] = []
  const otherSizes: Unreadable[] = []
  let rows: Rows | undefined
  for (let begin = 0; begin < files.length; begin += AT_ONCE) {
    const read = files.slice(begin, begin + AT_ONCE).map(readBytes)
    const whole = read.flatMap(entry => (entry instanceof Error ? [] : [entry]))
    const images = decodeImages(whole, settings)
    read.forEach((entry, i) => {
      const [index, file] = [begin + i, files[begin + i]]
      const image = entry instanceof Error ? entry : images[whole.indexOf(entry)]
      if (image instanceof Error) {
        unreadable.push({ file, index, reason: image.message })
      } else {
        rows ??= new Rows(op, files.length, size ?? image, channels)
        const reason = size === undefined ? rows.differs(image) : undefined
        if (reason === undefined) rows.add(image)
        else otherSizes.push({ file, index, reason: `${file}: ${reason}` })
      }
      onProgress?.(index + 1, files.length)
    })
  }
  if (otherSizes.length > 0) throw new UnreadableError(op, [...unreadable, ...otherSizes], files.length)
  return { x: rows?.tensor(), unreadable }
}
