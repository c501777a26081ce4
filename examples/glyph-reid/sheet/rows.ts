import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { protocol } from '../glyphs/protocol.ts'

export interface Row {
  readonly identity: number
  /** Of how many images those shown are. */
  readonly of: number
  readonly images: readonly number[]
}

export interface Section {
  readonly title: string
  readonly rows: readonly Row[]
}

const ROWS = 6
export const COLUMNS = 20

/** What the sheet shows: identities from the head, the middle and the tail of the natural protocol, and unseen ones. */
export function sections(set: GlyphSet): Section[] {
  const { train, p1, p2 } = protocol(set, 'natural')
  const trained = rowsOf(set, train)
  const [p1Rows, p2Rows] = [p1, p2].map(images => rowsOf(set, images))
  const medium = trained.filter(row => row.of < 30 && row.of > 5)
  const few = trained.filter(row => row.of <= 5)
  return [
    {
      title: 'Natural protocol: at least 30 images',
      rows: spread(
        trained.filter(r => r.of >= 30),
        ROWS,
      ),
    },
    { title: '6 to 29 images', rows: spread(medium, ROWS) },
    { title: 'At most 5 images', rows: spread(few, ROWS) },
    { title: 'P1: unseen identities, seen fonts', rows: spread(p1Rows, ROWS) },
    { title: 'P2: unseen identities, unseen fonts', rows: spread(p2Rows, ROWS) },
  ]
}

/** A row an identity, the largest first. */
function rowsOf(set: GlyphSet, images: Int32Array): Row[] {
  const lists = new Map<number, number[]>()
  for (const i of images) {
    const list = lists.get(set.identity[i]) ?? []
    lists.set(set.identity[i], list)
    list.push(i)
  }
  const rows = [...lists].map(([identity, list]) => ({
    identity,
    of: list.length,
    images: spread(list, COLUMNS),
  }))
  return rows.sort((a, b) => b.of - a.of || a.identity - b.identity)
}

/** At most `n` of the items, evenly from first to last. */
export function spread<T>(items: readonly T[], n: number): T[] {
  if (items.length <= n) return [...items]
  return Array.from({ length: n }, (_, k) => items[Math.round((k * (items.length - 1)) / (n - 1))])
}
