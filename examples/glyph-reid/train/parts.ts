import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { type Parts, protocol } from '../glyphs/protocol.ts'
import type { Job } from './results.ts'

/** Images of an unseen identity, unless all are wanted. */
const PER_IDENTITY = 12

/** The images that a job trains on and is judged by. */
export function partsOf(set: GlyphSet, job: Pick<Job, 'protocol' | 'fullGallery' | 'validation'>): Parts {
  const all = protocol(set, job.protocol, job.fullGallery ? {} : { perIdentity: PER_IDENTITY })
  return job.validation ? all.validation : all
}

/** The classes of a training, numbered in the order of the set's identities. */
export function classesOf(set: GlyphSet, train: Int32Array) {
  const identities = [...new Set(train.map(i => set.identity[i]))].sort((a, b) => a - b)
  const place = new Map(identities.map((identity, j) => [identity, j]))
  return {
    count: identities.length,
    names: identities.map(identity => set.identities[identity].name),
    /** Of images of these identities. */
    of: (images: Int32Array): Int32Array => images.map(i => place.get(set.identity[i]) as number),
  }
}
