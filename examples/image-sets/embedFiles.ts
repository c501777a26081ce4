import { noGrad, type Tensor, tidy } from '../../engine/index.ts'
import { type ImageOptions, type LeftOut, readImages, UnreadableError } from '../../models/images/index.ts'

/** Any embedding: images [N,height,width,channels] in 0..1 -> [N,D]. */
export type Embedding = (images: Tensor) => Tensor

export interface EmbedOptions extends ImageOptions {
  /** How many images are in memory at once. Default 64. */
  readonly batch?: number
  /** Called after each batch with the number of images done, and of all. */
  readonly onProgress?: (done: number, of: number) => void
}

/**
 * The embeddings of image files, batch by batch, so that a set of any size needs the memory of one.
 * files[N] -> N rows of length D, which the protocols take.  Throws unless a batch of n gives [n,D], and an `UnreadableError`
 * that names all files that cannot be read, once it has seen every file: what follows the first is read, and not embedded.
 */
export async function embedFiles(
  embed: Embedding,
  files: readonly string[],
  { batch = 64, onProgress, ...images }: EmbedOptions = {},
): Promise<Float32Array[]> {
  if (!Number.isInteger(batch) || batch < 1) {
    throw new Error(`embedFiles: a batch of at least 1 expected, got ${batch}`)
  }
  const rows: Float32Array[] = []
  const unreadable: LeftOut[] = []
  for (let i = 0; i < files.length; i += batch) {
    const part = files.slice(i, i + batch)
    const x = noGrad(() =>
      tidy(() => {
        const read = readPart(part, images, unreadable)
        return read && unreadable.length === 0 ? embed(read) : undefined
      }),
    )
    if (x === undefined) continue
    if (x.rank !== 2 || x.shape[0] !== part.length) {
      throw new Error(`embedFiles: [${part.length},D] expected of the embedding, got [${x.shape}]`)
    }
    const values = Float32Array.from(await x.data())
    if (!x.disposed) x.dispose()
    const d = x.shape[1]
    for (let n = 0; n < part.length; n++) rows.push(values.slice(n * d, (n + 1) * d))
    onProgress?.(rows.length, files.length)
  }
  if (unreadable.length > 0) throw new UnreadableError('embedFiles', unreadable, files.length)
  return rows
}

/** The images of a batch, or undefined, with those that cannot be read noted. */
function readPart(
  files: readonly string[],
  options: ImageOptions,
  unreadable: LeftOut[],
): Tensor | undefined {
  try {
    return readImages(files, options)
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error
    unreadable.push(...error.unreadable)
    return undefined
  }
}
