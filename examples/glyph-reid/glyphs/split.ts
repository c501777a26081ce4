import type { GlyphSet } from './glyphSet.ts'
import { hash } from './hash.ts'

/** Images cut twice, by identities that are for testing and by font families that are: indices of images. */
export interface Quarters {
  /** Other identities, other families. */
  readonly train: number[]
  /** Identities held out, in the families of `train`. */
  readonly p1: number[]
  /** Identities held out, in families held out. */
  readonly p2: number[]
  /** The identities of `train`, in families held out. */
  readonly closed: number[]
}

export interface Cut {
  /** Stands before what is hashed: another word, another cut. */
  readonly word: string
  /** The part of the families that is held out. */
  readonly families: number
  /** The part that is held out of the identities of at least 10 families. */
  readonly identities: number
}

export const TEST: Cut = { word: '', families: 0.2, identities: 0.35 }
export const VALIDATION: Cut = { word: 'validation ', families: 0.15, identities: 0.2 }

/** An identity to test with must have families to be found in. */
const LEAST_FAMILIES = 10

/** Cuts `images` by hashes of names. The families of an identity are counted over representative faces. */
export function cut(set: GlyphSet, images: readonly number[], { word, families, identities }: Cut): Quarters {
  const familyHeld = set.families.map(name => hash(`${word}font:${name}`) < families)
  const inFamilies = familiesOf(
    set,
    images.filter(i => set.faces[set.face[i]].representative),
  )
  const identityHeld = set.identities.map(
    ({ codePoint }, i) => inFamilies[i] >= LEAST_FAMILIES && hash(`${word}id:${codePoint}`) < identities,
  )
  const where = (identity: boolean, family: boolean): number[] =>
    images.filter(i => identityHeld[set.identity[i]] === identity && familyHeld[set.family[i]] === family)
  return {
    train: where(false, false),
    p1: where(true, false),
    p2: where(true, true),
    closed: where(false, true),
  }
}

/** In how many families each identity is, among `images`. */
export function familiesOf(set: GlyphSet, images: readonly number[]): number[] {
  const families = set.identities.map(() => new Set<number>())
  for (const i of images) families[set.identity[i]].add(set.family[i])
  return families.map(f => f.size)
}
