import type { GlyphSet } from './glyphSet.ts'
import { type Parts, type Protocol, plainImages, protocol } from './protocol.ts'

/** Images and the identities on them. */
export interface Count {
  readonly images: number
  readonly identities: number
}

export interface PartCounts {
  readonly train: Count
  readonly p1: Count
  readonly p2: Count
  readonly closed: Count
}

export interface TailCounts {
  /** Training images of the largest, the middle and the smallest identity. */
  readonly largest: number
  readonly median: number
  readonly smallest: number
  /** Identities by their training images: at least 30, 6 to 29, at most 5. */
  readonly many: number
  readonly medium: number
  readonly few: number
}

export interface ProtocolCounts extends PartCounts {
  readonly tail: TailCounts
  readonly validation: PartCounts
}

export interface Counts {
  readonly hash: string
  readonly families: number
  readonly faces: number
  readonly allFaces: Count
  readonly oneFaceAFamily: Count
  readonly natural: ProtocolCounts
  readonly controlled: ProtocolCounts
}

export function countsOf(set: GlyphSet): Counts {
  return {
    hash: set.hash,
    families: set.families.length,
    faces: set.faces.length,
    allFaces: { images: set.identity.length, identities: set.identities.length },
    oneFaceAFamily: count(set, [...plainImages(set)]),
    natural: ofProtocol(set, protocol(set, 'natural')),
    controlled: ofProtocol(set, protocol(set, 'controlled')),
  }
}

const ofProtocol = (set: GlyphSet, p: Protocol): ProtocolCounts => ({
  ...ofParts(set, p),
  tail: tailOf(set, p.train),
  validation: ofParts(set, p.validation),
})

const ofParts = (set: GlyphSet, { train, p1, p2, closed }: Parts): PartCounts => ({
  train: count(set, train),
  p1: count(set, p1),
  p2: count(set, p2),
  closed: count(set, closed),
})

const count = (set: GlyphSet, images: ArrayLike<number>): Count => ({
  images: images.length,
  identities: new Set(Array.from(images, i => set.identity[i])).size,
})

function tailOf(set: GlyphSet, train: Int32Array): TailCounts {
  const sizes = new Map<number, number>()
  for (const i of train) sizes.set(set.identity[i], (sizes.get(set.identity[i]) ?? 0) + 1)
  const sorted = [...sizes.values()].sort((a, b) => b - a)
  return {
    largest: sorted[0] ?? 0,
    median: sorted[sorted.length >> 1] ?? 0,
    smallest: sorted[sorted.length - 1] ?? 0,
    many: sorted.filter(n => n >= 30).length,
    medium: sorted.filter(n => n >= 6 && n < 30).length,
    few: sorted.filter(n => n < 6).length,
  }
}
