import type { Drawing } from './draw.ts'

/** The part of the faces with both characters in which they look the same, from which on they are one. */
const SAME = 0.5
/** Upper and lower case, or a character and its compatible form (NFKC), of this median cosine are one shape. */
const ALIKE = 0.8
/** What looks the same in many faces, and yet not by the rules above; the first names the group. */
const BY_HAND = ['0Oo', 'lI|', '3З', ',’', '‚,']

/** Code point -> face -> drawing. */
type Table = ReadonlyMap<number, ReadonlyMap<string, Drawing>>

/**
 * Characters that no reader tells apart by their shape, which would be two identities of one look: Latin A, Greek Α and
 * Cyrillic А; s and S. `drawings` has one face a family.
 */
export function confusables(drawings: readonly Drawing[]): Groups {
  const table = tableOf(drawings)
  const groups = new Groups()
  for (const [a, b, times] of samePairs(drawings)) {
    if (times >= SAME * together(table, a, b).length) groups.merge(a, b)
  }
  for (const a of table.keys()) {
    for (const b of formsOf(a)) {
      if (groups.nameOf(a) === groups.nameOf(b)) continue
      const cosines = together(table, a, b).map(([x, y]) => cosine(x.image, y.image))
      if (cosines.length > 0 && median(cosines) >= ALIKE) groups.merge(a, b)
    }
  }
  for (const text of BY_HAND) {
    const [first, ...others] = [...text].map(c => c.codePointAt(0)!).filter(c => table.has(c))
    for (const other of others) groups.merge(first, other)
  }
  return groups
}

function tableOf(drawings: readonly Drawing[]): Table {
  const table = new Map<number, Map<string, Drawing>>()
  for (const drawing of drawings) {
    const row = table.get(drawing.codePoint) ?? new Map<string, Drawing>()
    table.set(drawing.codePoint, row.set(drawing.face.name, drawing))
  }
  return table
}

/** Pairs of characters that look the same in some face: [a, b, in how many]. */
function samePairs(drawings: readonly Drawing[]): [number, number, number][] {
  const alike = new Map<string, number[]>()
  for (const { look, codePoint } of drawings) alike.set(look, [...(alike.get(look) ?? []), codePoint])
  const pairs = new Map<string, [number, number, number]>()
  for (const list of alike.values()) {
    const sorted = list.toSorted((a, b) => a - b)
    for (const [i, a] of sorted.entries()) {
      for (const b of sorted.slice(i + 1)) {
        const pair = pairs.get(`${a} ${b}`) ?? [a, b, 0]
        pairs.set(`${a} ${b}`, pair)
        pair[2]++
      }
    }
  }
  return [...pairs.values()]
}

/** The drawings of `a` and `b` in the faces that have both. */
function together(table: Table, a: number, b: number): [Drawing, Drawing][] {
  const other = table.get(b)
  return [...(table.get(a) ?? [])].flatMap(([face, x]) => {
    const y = other?.get(face)
    return y === undefined ? [] : [[x, y] satisfies [Drawing, Drawing]]
  })
}

/** The other case and the compatible form, where they are single characters. */
function formsOf(codePoint: number): number[] {
  const text = String.fromCodePoint(codePoint)
  const forms = [text.toLowerCase(), text.toUpperCase(), text.normalize('NFKC')]
  return forms.filter(form => [...form].length === 1 && form !== text).map(form => form.codePointAt(0)!)
}

function cosine(x: Uint8Array, y: Uint8Array): number {
  let [xx, yy, xy] = [0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    xx += x[i] * x[i]
    yy += y[i] * y[i]
    xy += x[i] * y[i]
  }
  return xy / Math.sqrt(xx * yy)
}

/** The upper one of two in the middle. */
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]

/** Disjoint sets of code points; each is named by its smallest. */
export class Groups {
  readonly #parent = new Map<number, number>()

  nameOf(codePoint: number): number {
    let name = codePoint
    for (let up = this.#parent.get(name); up !== undefined; up = this.#parent.get(name)) name = up
    return name
  }

  merge(a: number, b: number): void {
    const [x, y] = [this.nameOf(a), this.nameOf(b)]
    if (x !== y) this.#parent.set(Math.max(x, y), Math.min(x, y))
  }
}
