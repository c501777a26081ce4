import {
  checkFunction,
  checkInteger,
  checkName,
  checkOptions,
  type OptionNames,
  refusal,
} from '../../engine/check.ts'
import { add, concat, noGrad, type Tensor, tidy } from '../../engine/index.ts'
import type { EncodedImages } from '../data/imageSource.ts'
import { type DecodeSettings, decodeImages, decodeSettings, type FileBytes } from './decode.ts'
import { checkForm } from './form.ts'
import type { Image } from './image.ts'
import { IMAGE_OPTIONS, type ImageOptions } from './readImages.ts'
import { Rows } from './rows.ts'
import { type Unreadable, UnreadableError } from './unreadable.ts'

/** Any embedding: images [N,height,width,channels] in 0..1 -> [N,D]. */
export type Embedding = (images: Tensor) => Tensor

export interface EmbedImagesOptions extends ImageOptions {
  /** How many images are in memory at once. Default 64. */
  readonly batch?: number
  /**
   * What becomes of the embeddings of an image and of its mirror image: their `sum`, both in one row of 2 D (`concat`), or `none`,
   * where no mirror image is embedded. Default none.
   */
  readonly flip?: 'none' | 'sum' | 'concat'
  /** Called after each batch with the number of images done, and of all. */
  readonly onProgress?: (done: number, of: number) => void
}

export const EMBED_OPTIONS = {
  ...IMAGE_OPTIONS,
  batch: true,
  flip: true,
} satisfies OptionNames<EmbedImagesOptions>

/**
 * The embeddings of encoded images, batch by batch, so that a set of any size needs the memory of one: of `recordIo`,
 * `tarShards`, `verificationBin(..).images` and `imageFiles`.  N images -> N rows of length D, which the protocols take
 * Throws unless a batch of n gives [n,D], and an `UnreadableError` that names all images that cannot be read, once it has seen
 * every one: what follows the first is read, and not embedded.
 */
export function embedImages(
  embed: Embedding,
  images: EncodedImages,
  options: EmbedImagesOptions = {},
): Promise<Float32Array[]> {
  checkOptions('embedImages', options, EMBED_OPTIONS)
  return embedded('embedImages', embed, images, options)
}

/** The same, for another function's errors. */
export async function embedded(
  op: string,
  embed: Embedding,
  images: EncodedImages,
  { batch = 64, flip = 'none', size, channels = 3, onProgress, ...decode }: EmbedImagesOptions,
): Promise<Float32Array[]> {
  checkFunction(op, 'embed', embed)
  if (typeof images?.read !== 'function') throw refusal(op, 'images, such as recordIo(..)', images)
  checkInteger(op, 'batch', batch, 1)
  checkName(op, 'flip', flip, ['none', 'sum', 'concat'])
  checkForm(op, size, channels)
  if (onProgress !== undefined) checkFunction(op, 'onProgress', onProgress)
  const settings = decodeSettings(op, decode)
  const rows: Float32Array[] = []
  const unreadable: Unreadable[] = []
  let form = size
  for (let begin = 0; begin < images.length; begin += batch) {
    const n = Math.min(batch, images.length - begin)
    const read = await readBatch(images, begin, n, settings)
    form ??= read.find(image => !(image instanceof Error)) as Image | undefined
    const views = Array.from(
      { length: flip === 'none' ? 1 : 2 },
      () => new Rows(op, n, form ?? NONE, channels),
    )
    read.forEach((image, k) => {
      const differs = image instanceof Error || size !== undefined ? undefined : views[0].differs(image)
      if (image instanceof Error || differs !== undefined) {
        const file = images.name(begin + k)
        const reason = image instanceof Error ? image.message : `${file}: ${differs}`
        unreadable.push({ file, index: begin + k, reason })
        return
      }
      views[0].add(image)
      views[1]?.add(mirrored(image))
    })
    if (unreadable.length === 0) rows.push(...(await embeddings(op, embed, views, n, flip)))
    onProgress?.(begin + n, images.length)
  }
  if (unreadable.length > 0) throw new UnreadableError(op, unreadable, images.length)
  return rows
}

/** The size of rows where no image can be read. */
const NONE = { height: 1, width: 1 }

/** Images begin..begin+n-1, or what is wrong with each. */
async function readBatch(
  images: EncodedImages,
  begin: number,
  n: number,
  settings: DecodeSettings,
): Promise<(Image | Error)[]> {
  const bytes = (i: number): Promise<FileBytes | Error> =>
    images.read(i).then(
      bytes => ({ file: images.name(i), bytes }),
      (error: Error) => error,
    )
  const files = await Promise.all(Array.from({ length: n }, (_, k) => bytes(begin + k)))
  const whole = files.filter(file => !(file instanceof Error)) as FileBytes[]
  const decoded = decodeImages(whole, settings)
  return files.map(file => (file instanceof Error ? file : decoded[whole.indexOf(file)]))
}

async function embeddings(
  op: string,
  embed: Embedding,
  views: readonly Rows[],
  n: number,
  flip: 'none' | 'sum' | 'concat',
): Promise<Float32Array[]> {
  const z = noGrad(() =>
    tidy(() => {
      const parts = views.map(rows => {
        const part = embed(rows.tensor())
        if (part.rank === 2 && part.shape[0] === n) return part
        throw new Error(`${op}: [${n},D] expected of the embedding, got [${part.shape}]`)
      })
      if (parts.length === 1) return parts[0]
      return flip === 'sum' ? add(parts[0], parts[1]) : concat(parts, 1)
    }),
  )
  const values = Float32Array.from(await z.data())
  if (!z.disposed) z.dispose()
  const d = z.shape[1]
  return Array.from({ length: n }, (_, i) => values.slice(i * d, (i + 1) * d))
}

/** Left and right exchanged. */
function mirrored({ height, width, rgb }: Image): Image {
  const turned = new Uint8Array(rgb.length)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [from, to] = [3 * (y * width + x), 3 * (y * width + width - 1 - x)]
      for (let c = 0; c < 3; c++) turned[to + c] = rgb[from + c]
    }
  }
  return { height, width, rgb: turned }
}
