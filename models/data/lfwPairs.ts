import { checkInteger, checkList, refusal, shown } from '../../engine/check.ts'
import { checkSame } from '../evaluation/pairs.ts'

/** An image of LFW: a person's name as its folder spells it, and the number of the image, from 1. */
export interface LfwImage {
  readonly name: string
  readonly number: number
}

export interface LfwPair {
  readonly a: LfwImage
  readonly b: LfwImage
  readonly same: boolean
  /** Which set of the list it is in, from 0. */
  readonly fold: number
}

/**
 * The pairs of an LFW list, in its order.  text -> pairs
 *
 * `sets count` stands in the first line; then, for each of the sets, `count` lines `name n1 n2`, two images of one
 * person, and `count` lines `name1 n1 name2 n2`, of two. pairs.txt begins with `10 300`. The development lists
 * (pairsDevTrain.txt, pairsDevTest.txt) begin with `count` alone and are one set. Words are parted by tabs or
 * blanks; line ends may be CR LF, lines may be empty, and the text may begin with a byte order mark.
 * Source: LFW's README.txt (vis-www.cs.umass.edu/lfw/README.txt), sections 3a and 3c. That two images of one pair
 * differ, and so do the names of two people, follows from what the lists are; we check it.
 * Throws on a line of another form, with its number, and when there are more or fewer lines than the first one says.
 */
export function parseLfwPairs(text: string): LfwPair[] {
  if (typeof text !== 'string') throw new Error(`parseLfwPairs: the list's text expected, got ${shown(text)}`)
  const [first, ...lines] = text
    .split(/\r\n|\r|\n/)
    // A byte order mark is white space, to `trim`.
    .map((line, i) => ({ line: line.trim(), number: i + 1 }))
    .filter(({ line }) => line !== '')
  const head = /^(?:(\d+)\s+)?(\d+)$/.exec(first?.line ?? '')
  if (head === null) {
    const got = `line ${first?.number ?? 1}: "sets count" or "count" expected, got "${first?.line ?? ''}"`
    throw new Error(`parseLfwPairs: ${got}`)
  }
  const [sets, count] = [Number(head[1] ?? 1), Number(head[2])]
  if (sets * count === 0)
    throw new Error(`parseLfwPairs: line ${first.number}: at least one pair expected, got "${first.line}"`)
  if (lines.length !== 2 * sets * count) {
    const form = `1 + ${sets} x 2 x ${count} lines`
    throw new Error(`parseLfwPairs: ${form} expected, as the first says, got ${1 + lines.length}`)
  }
  return lines.map(({ line, number }, i) => {
    const fold = Math.floor(i / (2 * count))
    const pair = i % (2 * count) < count ? matched(line) : mismatched(line)
    if (pair === undefined) {
      const form =
        i % (2 * count) < count ? '"name n1 n2", n1 and n2 two' : '"name1 n1 name2 n2", the names two'
      throw new Error(`parseLfwPairs: line ${number}: ${form}, expected, got "${line}"`)
    }
    return { ...pair, fold }
  })
}

type Read = Omit<LfwPair, 'fold'> | undefined

function matched(line: string): Read {
  const found = /^(\S+)\s+(\d+)\s+(\d+)\s*$/.exec(line)
  if (found === null) return undefined
  const [name, a, b] = [found[1], Number(found[2]), Number(found[3])]
  return a < 1 || b < 1 || a === b
    ? undefined
    : { a: { name, number: a }, b: { name, number: b }, same: true }
}

function mismatched(line: string): Read {
  const found = /^(\S+)\s+(\d+)\s+(\S+)\s+(\d+)\s*$/.exec(line)
  if (found === null) return undefined
  const a = { name: found[1], number: Number(found[2]) }
  const b = { name: found[3], number: Number(found[4]) }
  return a.number < 1 || b.number < 1 || a.name === b.name ? undefined : { a, b, same: false }
}

/** The image's file in LFW's folder, without its extension: `name/name_0001`. */
export function lfwPath(image: LfwImage): string {
  const { name, number } = image ?? {}
  if (typeof name !== 'string') throw refusal('lfwPath', 'an image as { name, number }', image)
  checkInteger('lfwPath', 'number', number, 1)
  return `${name}/${name}_${String(number).padStart(4, '0')}`
}

export interface IndexedPairs {
  /** Each image of the list once, in the order of its first pair: the rows of the embeddings. */
  readonly images: readonly LfwImage[]
  /** The pairs as rows, which `pairCosines` takes. */
  readonly pairs: readonly { readonly a: number; readonly b: number; readonly same: boolean }[]
  /** The set of each pair, which `foldAccuracy` takes. */
  readonly folds: Int32Array
}

/** Pairs of images as pairs of rows: an image that is in several pairs is embedded once. */
export function indexLfwPairs(list: readonly LfwPair[]): IndexedPairs {
  checkList('indexLfwPairs', 'list', list, 'as parseLfwPairs gives it')
  const rows = new Map<string, number>()
  const images: LfwImage[] = []
  const rowOf = (image: LfwImage): number => {
    const known = rows.get(lfwPath(image))
    if (known !== undefined) return known
    rows.set(lfwPath(image), images.length)
    return images.push(image) - 1
  }
  // Array.from sees places that hold nothing; map does not.
  const pairs = Array.from(list, (pair, p) => {
    if (typeof pair !== 'object' || pair === null) {
      throw refusal('indexLfwPairs', `{ a, b, same, fold } as pair ${p}`, pair)
    }
    const { a, b, fold } = pair
    const same = checkSame('indexLfwPairs', pair.same, p)
    checkInteger('indexLfwPairs', `the fold of pair ${p}`, fold, 0, 2 ** 31 - 1)
    return { a: rowOf(a), b: rowOf(b), same }
  })
  return { images, pairs, folds: Int32Array.from(list, ({ fold }) => fold) }
}
