import { generator } from '../../../engine/index.ts'
import { byteSource, type Stored } from '../../data/byteSource.ts'
import type { ImageSource } from '../../data/imageSource.ts'
import type { Source } from '../../data/source.ts'
import { sizeOf } from '../form.ts'
import type { LabelledFiles } from '../imageList.ts'
import { counted, type Unreadable, UnreadableError } from '../unreadable.ts'
import { BatchQueue } from './batchQueue.ts'
import { givenImages } from './given.ts'
import { type ImageStreamOptions, streamSettings } from './options.ts'

/** Images on disk as samples to train on. */
export interface ImageStream extends Source {
  /** y[N] */
  readonly labels: Int32Array
  /** What could not be read so far. */
  readonly unreadable: readonly Unreadable[]
  /** Ends its threads, closes the source, and says on the console how many images were left out. A second call does nothing. */
  close(): Promise<void>
}

/**
 * Images that stay on disk: threads read and decode the batches of the next steps while a step is at work, and of the images no more
 * is in memory than those batches, a byte a value. They become x = v / 255, float32, and are augmented, as a batch is drawn, in its
 * order: so the same seed gives the same bits whatever the number of threads, and so does a training that goes on from its state.
 * files[N] -> samples [B,height,width,channels] in 0..1
 *
 * `source` is a list of files, such as `imageFolder(..).train`, or an `ImageSource`, such as `recordIo(..)`. Pixels are those of
 * `readImages`; where the size changes or grey is made, each value is rounded to the nearest of 256. Samples that are not augmented
 * (`embed`) come from it as well, and an image among them that cannot be read is an error. Threads that are left keep no
 * process alive.
 */
export function imageStream(source: LabelledFiles | ImageSource, options: ImageStreamOptions): ImageStream {
  const op = 'imageStream'
  const { form, augment, backend, seed, workers, ahead, skipUnreadable, decode } = streamSettings(op, options)
  const { images, labels, nameOf, close } = givenImages(op, source)
  const queue = new BatchQueue(images, form, workers, decode)
  const size = sizeOf(form)
  const unreadable = new Map<number, Unreadable>()
  let waited = 0
  let closed = false

  /** Those of the picks that could be read, and the others. */
  const taken = (picks: ArrayLike<number>): { stored: Stored; missing: Unreadable[] } => {
    const before = performance.now()
    const { pixels, reasons } = queue.take(picks)
    waited += performance.now() - before
    const missing = Array.from(reasons, ([b, reason]) => ({
      file: nameOf(picks[b]),
      index: picks[b],
      reason,
    }))
    const read = Array.from({ length: picks.length }, (_, b) => b).filter(b => !reasons.has(b))
    for (const b of read) unreadable.delete(picks[b])
    if (missing.length > 0 && (!skipUnreadable || read.length === 0)) refuse(missing, picks.length)
    return { stored: { bytes: pixels, starts: read.map(b => b * size) }, missing }
  }
  const refuse = (missing: Unreadable[], count: number): never => {
    throw new UnreadableError(
      op,
      missing.sort((a, b) => a.index - b.index),
      count,
    )
  }
  const asTheyAre = (picks: ArrayLike<number>): Stored => {
    const { stored, missing } = taken(picks)
    if (missing.length > 0) refuse(missing, picks.length)
    return stored
  }
  const forStep = (picks: ArrayLike<number>): Stored => {
    const { stored, missing } = taken(picks)
    for (const entry of missing) {
      if (!unreadable.has(entry.index)) console.warn(`${op}: left out: ${entry.reason}`)
      unreadable.set(entry.index, entry)
    }
    return stored
  }
  const images4d = { count: labels.length, image: [form.height, form.width, form.channels] as const }
  return {
    ...byteSource({ op, ...images4d, augment, backend, rng: generator(seed) }, asTheyAre, forStep),
    labels,
    get unreadable() {
      return [...unreadable.values()].sort((a, b) => a.index - b.index)
    },
    ahead: {
      batches: ahead,
      expect: batches => queue.expect(batches),
      get isReady() {
        return queue.isReady
      },
      async ready() {
        const before = performance.now()
        await queue.ready()
        waited += performance.now() - before
      },
      kept: picks => picks.filter(pick => !unreadable.has(pick)),
      waited: () => waited,
    },
    async close() {
      if (closed) return
      closed = true
      await queue.close()
      await close()
      if (unreadable.size === 0) return
      const count = `${counted(unreadable.size)} of ${counted(labels.length)} images`
      console.warn(`${op}: left out ${count}, since they cannot be read`)
    },
  }
}
