import type { EncodedImages } from '../../data/imageSource.ts'

/** How many images of a batch are read at once: a container may open a file for each. */
const AT_ONCE = 256

/** The bytes of images, or why there are none. */
export async function readAll(
  images: EncodedImages,
  picks: ArrayLike<number>,
): Promise<(Uint8Array | Error)[]> {
  const all = Array.from(picks)
  const read: (Uint8Array | Error)[] = []
  for (let begin = 0; begin < all.length; begin += AT_ONCE) {
    const some = all.slice(begin, begin + AT_ONCE)
    const settled = await Promise.allSettled(some.map(async pick => images.read(pick)))
    for (const result of settled) {
      read.push(result.status === 'fulfilled' ? result.value : errorOf(result.reason))
    }
  }
  return read
}

/** The same at once. Throws where the source cannot. */
export function readAllNow(images: EncodedImages, picks: ArrayLike<number>): (Uint8Array | Error)[] {
  if (images.readNow === undefined) {
    throw new Error(
      'imageStream: samples that were waited for expected, got a draw before its images are read, and a source without readNow: ' +
        'await Trainer.run or stepAsync, or ahead.ready()',
    )
  }
  return Array.from(picks, pick => {
    try {
      return images.readNow!(pick)
    } catch (error) {
      return errorOf(error)
    }
  })
}

const errorOf = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)))
