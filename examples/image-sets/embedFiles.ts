import { noGrad, type Tensor, tidy } from '../../engine/index.ts'
import { type ImageOptions, readImages } from '../../models/images/index.ts'

/** Any embedding: images [N,height,width,channels] in 0..1 -> [N,D]. */
export type Embedding = (images: Tensor) => Tensor

export interface EmbedOptions extends ImageOptions {
  /** How many images are in memory at once. Default 64. */
  readonly batch?: number
  /** Called after each batch with the number of images done. */
  readonly onProgress?: (done: number) => void
}

/**
 * The embeddings of image files, batch by batch, so that a set of any size needs the memory of one.
 * files[N] -> N rows of length D, which the protocols take.  Throws unless a batch of n gives [n,D].
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
  for (let i = 0; i < files.length; i += batch) {
    const part = files.slice(i, i + batch)
    const x = noGrad(() => tidy(() => embed(readImages(part, images))))
    if (x.rank !== 2 || x.shape[0] !== part.length) {
      throw new Error(`embedFiles: [${part.length},D] expected of the embedding, got [${x.shape}]`)
    }
    const values = Float32Array.from(await x.data())
    if (!x.released) x.release()
    const d = x.shape[1]
    for (let n = 0; n < part.length; n++) rows.push(values.slice(n * d, (n + 1) * d))
    onProgress?.(rows.length)
  }
  return rows
}
