/**
 * A number in [0, 1) that depends on the text alone: FNV-1a over its bytes, 32 bits, then mixed, so that texts which
 * differ in their last letter lie far apart (FNV-1a alone leaves them close). Every choice of the data set is made
 * with it, none with random numbers.
 */
export function hash(text: string): number {
  let h = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193)
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d)
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39)
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32
}

/** `items` in the order of their hashes, those of one hash by their text. */
export function inHashOrder<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  const keyed = items.map(item => ({ item, text: textOf(item) })).map(k => ({ ...k, h: hash(k.text) }))
  keyed.sort((a, b) => a.h - b.h || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
  return keyed.map(k => k.item)
}
