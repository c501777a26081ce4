import { checkNumber, checkOptions, type OptionNames } from '../../../engine/check.ts'
import type { Entry } from './entry.ts'
import type { VectorStore } from './vectorStore.ts'

export interface ReportOptions {
  /** Two vectors of a cosine of at least this are taken for the same image, or the same person twice. Default 0.99. */
  readonly duplicate?: number
}

const OPTIONS = { duplicate: ['threshold'] } satisfies OptionNames<ReportOptions>

/** An image of an identity, or with `templates: 'mean'` all of them. */
export interface Enrolled {
  readonly identity: string
  /** What the image is called; undefined for the mean of all. */
  readonly image: string | undefined
}

export interface Duplicate {
  readonly a: Enrolled
  readonly b: Enrolled
  readonly score: number
}

/** An image that is more similar to one of another identity than to any other of its own. */
export interface Suspect extends Enrolled {
  /** The other identity, and the similarities with it and with its own. */
  readonly nearest: string
  readonly score: number
  readonly own: number
}

export interface GalleryReport {
  /** The most similar first. */
  readonly duplicates: readonly Duplicate[]
  /** Those that are farthest on the other side first. Only of images that are kept apart, of identities with two or more. */
  readonly suspects: readonly Suspect[]
}

/** Queries at a time. */
const BATCH = 1024

/** `k` neighbours of each vector tell: itself, all others of its identity, and one more. */
export async function report(
  entries: ReadonlyMap<string, Entry>,
  owners: ReadonlyMap<number, string>,
  store: VectorStore,
  k: number,
  options: ReportOptions,
): Promise<GalleryReport> {
  checkOptions('report', options, OPTIONS)
  const { duplicate = 0.99 } = options
  checkNumber('report', 'duplicate', duplicate, -1, 1)
  const enrolled = (key: number): Enrolled => {
    const identity = owners.get(key)!
    const { keys, images } = entries.get(identity)!
    return { identity, image: keys.length === images.length ? images[keys.indexOf(key)] : undefined }
  }
  const [duplicates, suspects]: [Duplicate[], Suspect[]] = [[], []]
  const keys = [...owners.keys()]
  for (let begin = 0; begin < keys.length; begin += BATCH) {
    const batch = keys.slice(begin, begin + BATCH)
    const vectors = await store.get(batch)
    const found = await store.search(vectors, k)
    for (const [i, key] of batch.entries()) {
      const identity = owners.get(key)!
      const others = found[i].filter(other => other.key !== key && owners.has(other.key))
      for (const { key: other, score } of others) {
        // Each pair once, from the later of the two.
        if (score >= duplicate && other < key)
          duplicates.push({ a: enrolled(other), b: enrolled(key), score })
      }
      const own = entries.get(identity)!.keys.filter(other => other !== key)
      const nearest = others.find(other => owners.get(other.key) !== identity)
      if (own.length === 0 || nearest === undefined) continue
      const best = Math.max(...(await store.get(own)).map(vector => dot(vector, vectors[i])))
      if (best >= nearest.score) continue
      suspects.push({ ...enrolled(key), nearest: owners.get(nearest.key)!, score: nearest.score, own: best })
    }
  }
  duplicates.sort((p, q) => q.score - p.score)
  suspects.sort((p, q) => q.score - q.own - (p.score - p.own))
  return { duplicates, suspects }
}

const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, value, d) => sum + value * y[d], 0)
