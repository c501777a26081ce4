import type { ContainerFile } from '../containerFile.ts'
import { Cursor } from '../cursor.ts'

interface Entry {
  readonly key: number
  readonly offset: number
  /** Where its line begins. */
  readonly at: number
}

const FORM = 'a line "key<tab>offset"'
const [TAB, LINE, RETURN, BLANK] = [9, 10, 13, 32]
/** A byte order mark, in UTF-8. */
const MARK = [0xef, 0xbb, 0xbf]

/** The lines of an index. What editors leave is passed over: a byte order mark, CR LF, blanks at the ends of lines, empty lines. */
export function* entries(file: ContainerFile): Generator<Entry> {
  const cursor = new Cursor(file)
  // A line's numbers so far; NaN before the first digit of each. Word 0 is the key, 1 the offset, 2 what follows it.
  let [numbers, word, at] = [[Number.NaN, Number.NaN], 0, 0]
  const whole = (place: number, what: string): boolean => {
    if (Number.isNaN(numbers[0]) && word === 0) return false
    if (Number.isNaN(numbers[1])) throw file.error(place, FORM, what)
    return true
  }
  while (!cursor.ended) {
    const place = cursor.offset
    const byte = cursor.byte()
    if (byte >= 48 && byte <= 57 && word < 2) {
      if (word === 0 && Number.isNaN(numbers[0])) at = place
      numbers[word] = (numbers[word] || 0) * 10 + byte - 48
      if (numbers[word] > Number.MAX_SAFE_INTEGER)
        throw file.error(place, 'a number below 2^53', 'a larger one')
    } else if (byte === TAB && word === 0 && !Number.isNaN(numbers[0])) {
      word = 1
    } else if (byte === LINE) {
      if (whole(place, 'the end of the line')) yield { key: numbers[0], offset: numbers[1], at }
      numbers = [Number.NaN, Number.NaN]
      word = 0
    } else if (byte === RETURN || byte === BLANK) {
      if (!Number.isNaN(numbers[word] ?? 0)) word = whole(place, shown(byte)) ? 2 : 0
    } else if (!(place < MARK.length && byte === MARK[place])) {
      throw file.error(place, FORM, shown(byte))
    }
  }
  if (whole(file.size, 'the end of the file')) yield { key: numbers[0], offset: numbers[1], at }
}

const shown = (byte: number): string =>
  byte > 32 && byte < 127 ? JSON.stringify(String.fromCharCode(byte)) : `byte ${byte}`
