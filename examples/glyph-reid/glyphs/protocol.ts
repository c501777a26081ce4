import type { GlyphSet } from './glyphSet.ts'
import { fewEach, longTail } from './longTail.ts'
import { type Cut, cut, familiesOf, TEST, VALIDATION } from './split.ts'

export type ProtocolName = 'natural' | 'controlled'

/** Indices of images, ascending. */
export interface Parts {
  readonly train: Int32Array
  /** Open set: identities never trained on, in font families trained on. */
  readonly p1: Int32Array
  /** Open set: identities never trained on, in font families never trained on. */
  readonly p2: Int32Array
  /** Closed set: identities trained on, in font families never trained on. */
  readonly closed: Int32Array
}

export interface Protocol extends Parts {
  /** The same again within what is no test image: choices are made on this, and the test comes once, at the end. */
  readonly validation: Parts
}

export interface ProtocolOptions {
  /**
   * P1 and P2 are every image of one face a family, the same in both protocols. With this they are drawn from all
   * faces instead, at most so many images an identity, in hash order; 12 make galleries of about 4,500 images each.
   */
  readonly perIdentity?: number
}

const LEAST_FAMILIES = 2

/**
 * - natural: trains on one face a family. An identity has as many images as families draw its characters, a long tail
 *   as it grew; rarity and style go together in it, for rare characters live mostly in DejaVu.
 * - controlled: trains on all faces, the identities cut to a profile in hash order (longTail.ts); the one to report
 *   how a loss bears a long tail.
 *
 * Test images are those whose identity or family is held out, and the same in both.
 */
export function protocol(set: GlyphSet, name: ProtocolName, options: ProtocolOptions = {}): Protocol {
  const plain = plainImages(set)
  const split = (images: readonly number[], where: Cut): { parts: Parts; rest: number[] } => {
    const quarters = cut(set, images, where)
    const one = (list: readonly number[]): number[] => list.filter(i => plain.has(i))
    const open = (list: readonly number[]): number[] =>
      options.perIdentity === undefined ? one(list) : fewEach(set, list, options.perIdentity)
    const natural = name === 'natural'
    const train = natural ? one(quarters.train) : longTail(set, quarters.train)
    const trained = new Set(train.map(i => set.identity[i]))
    const closed = natural ? one(quarters.closed) : quarters.closed
    const parts = {
      train: Int32Array.from(train),
      p1: Int32Array.from(open(quarters.p1)),
      p2: Int32Array.from(open(quarters.p2)),
      closed: Int32Array.from(closed.filter(i => trained.has(set.identity[i]))),
    }
    return { parts, rest: quarters.train }
  }
  const all = Array.from(set.identity, (_, i) => i)
  const { parts, rest } = split(all, TEST)
  return { ...parts, validation: split(rest, VALIDATION).parts }
}

/** The images of one face a family, of identities that two of these faces have. */
export function plainImages(set: GlyphSet): Set<number> {
  const images = Array.from(set.identity, (_, i) => i).filter(i => set.faces[set.face[i]].representative)
  const families = familiesOf(set, images)
  return new Set(images.filter(i => families[set.identity[i]] >= LEAST_FAMILIES))
}
