import { refusal } from '../../engine/check.ts'
import type { PairColumns } from '../evaluation/pairs.ts'
import { type Bytes, bytesOf } from '../files.ts'

/**
 * The pairs of templates of IJB's 1:1, `ijbc_template_pair_label.txt`: lines `template template same`, same as 1 or 0. Of the
 * file's bytes, and into columns: IJB-C has 15,658,489 lines. `ids` are the templates as `templateMeans` gives them, and a
 * pair has their rows.  bytes, ids[T] -> a[P] b[P] same[P], which `pairCosines` takes
 * Source: insightface, recognition/_evaluation_/ijb/ijb_11.py, `read_template_pair_list`.
 * Throws on a line of another form, with its number, and on a template that is not in `ids`.
 */
export function parseTemplatePairs(bytes: Bytes, ids: ArrayLike<number>): PairColumns {
  const text = bytesOf('parseTemplatePairs', bytes)
  if (!ArrayBuffer.isView(ids) && !Array.isArray(ids)) {
    throw refusal('parseTemplatePairs', 'ids of templates in an array', ids)
  }
  const rows = new Map(Array.from(ids, (id, row) => [id, row]))
  const most = lineCount(text)
  const [a, b, same] = [new Int32Array(most), new Int32Array(most), new Uint8Array(most)]
  let count = 0
  for (const { numbers, line } of numberLines(text)) {
    const wrong = (expected: string, got: number | string): Error =>
      refusal(`parseTemplatePairs: line ${line}`, expected, got)
    if (numbers.length !== 3 || numbers[2] > 1) {
      throw wrong('"template template same", same as 1 or 0,', numbers.join(' '))
    }
    const [first, second] = [rows.get(numbers[0]), rows.get(numbers[1])]
    if (first === undefined) throw wrong('a template of ids', numbers[0])
    if (second === undefined) throw wrong('a template of ids', numbers[1])
    a[count] = first
    b[count] = second
    same[count++] = numbers[2]
  }
  return { a: a.slice(0, count), b: b.slice(0, count), same: same.slice(0, count) }
}

const [LINE, NINE, ZERO] = [10, 57, 48]
/** Tab, carriage return, blank, and the bytes of a byte order mark. */
const BLANKS = new Set([9, 13, 32, 0xef, 0xbb, 0xbf])

function lineCount(text: Uint8Array): number {
  let count = 1
  for (const byte of text) if (byte === LINE) count++
  return count
}

/** The numbers of each line that has some; the list is the same for all. */
function* numberLines(text: Uint8Array): Generator<{ numbers: readonly number[]; line: number }> {
  const numbers: number[] = []
  const found = { numbers, line: 1 }
  let inside = false
  for (const byte of text) {
    if (byte >= ZERO && byte <= NINE) {
      const before = inside ? numbers.pop()! : 0
      numbers.push(before * 10 + byte - ZERO)
      inside = true
      continue
    }
    inside = false
    if (byte === LINE) {
      if (numbers.length > 0) yield found
      numbers.length = 0
      found.line++
    } else if (!BLANKS.has(byte)) {
      const shown = JSON.stringify(String.fromCharCode(byte))
      throw new Error(`parseTemplatePairs: line ${found.line}: digits and blanks expected, got ${shown}`)
    }
  }
  if (numbers.length > 0) yield found
}
