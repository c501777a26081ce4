import type { GlyphSet } from './glyphSet.ts'
import { inHashOrder } from './hash.ts'

const LARGEST = 80
const SMALLEST = 2
const IMBALANCE = 40
/** An identity with fewer images has no part in it. */
const LEAST = 30

/** n_k = max(2, round(80 40^(-k / (K - 1)))), k = 0 to K - 1: what each of K identities gets, if it has so many. */
export const profile = (identities: number): number[] =>
  Array.from({ length: identities }, (_, k) =>
    Math.max(SMALLEST, Math.round(LARGEST * IMBALANCE ** (-k / Math.max(1, identities - 1)))),
  )

/**
 * A long tail of our own making: the identities with at least 30 of `images`, cut to the profile in the order of their
 * hashes, so that how rare an identity is has nothing to do with which character it is.
 */
export function longTail(set: GlyphSet, images: readonly number[]): number[] {
  const lists = [...byIdentity(set, images)].filter(([, list]) => list.length >= LEAST)
  const order = inHashOrder(lists, ([identity]) => `tail:${set.identities[identity].codePoint}`)
  const sizes = profile(order.length)
  return order.flatMap(([, list], k) => someOf(set, list, sizes[k])).sort((a, b) => a - b)
}

/** At most `n` of `images` for each identity, in hash order. */
export function fewEach(set: GlyphSet, images: readonly number[], n: number): number[] {
  const lists = [...byIdentity(set, images).values()]
  return lists.flatMap(list => someOf(set, list, n)).sort((a, b) => a - b)
}

const someOf = (set: GlyphSet, images: readonly number[], n: number): number[] =>
  inHashOrder(images, i => `image:${set.character[i]}:${set.faces[set.face[i]].name}`).slice(0, n)

function byIdentity(set: GlyphSet, images: readonly number[]): Map<number, number[]> {
  const lists = new Map<number, number[]>()
  for (const i of images) {
    const list = lists.get(set.identity[i]) ?? []
    lists.set(set.identity[i], list)
    list.push(i)
  }
  return lists
}
