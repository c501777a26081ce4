import type { ContainerFile } from '../containerFile.ts'

/**
 * How text or bytes stand in a pickle: as they are; as UTF-8; and in protocol 0 as a line, of Python 2's `repr` ('\xff\n', in
 * quotes) or in `raw-unicode-escape` (the bytes as they are, but \u000a for some).
 */
export type Coding = 'raw' | 'utf8' | 'repr' | 'rawUnicodeEscape'

/** Bytes of a pickle that are left where they are until they are asked for. */
export class Stored {
  readonly offset: number
  readonly length: number
  readonly coding: Coding
  /** Text, of which `bytes` are the characters' codes; `_codecs.encode(text, 'latin1')` makes bytes of it. */
  readonly text: boolean

  constructor(offset: number, length: number, coding: Coding, text: boolean) {
    this.offset = offset
    this.length = length
    this.coding = coding
    this.text = text
  }
}

/** The bytes that a pickle stores, of `raw`, what is in the file. Throws where text has no such form or codes above 255. */
export function decoded(file: ContainerFile, { offset, coding }: Stored, raw: Uint8Array): Uint8Array {
  const wrong = (at: number, got: string): Error =>
    file.error(
      offset + at,
      coding === 'utf8' ? 'UTF-8 of characters up to 255' : `a text in ${NAMES[coding]}`,
      got,
    )
  if (coding === 'raw') return raw
  if (coding === 'utf8') return latin1(raw, wrong)
  const quoted = coding === 'repr'
  const [from, to] = quoted ? [1, raw.length - 1] : [0, raw.length]
  if (quoted && !(to >= 1 && raw[0] === raw[to] && QUOTES.includes(raw[0]))) throw wrong(0, 'no quotes')
  return unescaped(raw.subarray(from, to), quoted, (at, got) => wrong(at + from, got))
}

const NAMES = { raw: 'bytes', utf8: 'UTF-8', repr: 'quotes', rawUnicodeEscape: 'raw-unicode-escape' }
const QUOTES = [34, 39]

type Wrong = (at: number, got: string) => Error

/** The codes of characters up to 255, of their UTF-8. */
function latin1(raw: Uint8Array, wrong: Wrong): Uint8Array {
  const bytes = new Uint8Array(raw.length)
  let length = 0
  for (let i = 0; i < raw.length; i++) {
    const byte = raw[i]
    if (byte < 0x80) {
      bytes[length++] = byte
      continue
    }
    const next = raw[++i]
    // C2 and C3 begin the characters 128 to 255.
    if ((byte !== 0xc2 && byte !== 0xc3) || next === undefined || (next & 0xc0) !== 0x80) {
      throw wrong(i - 1, `byte ${byte}`)
    }
    bytes[length++] = ((byte & 3) << 6) | (next & 0x3f)
  }
  return bytes.slice(0, length)
}

const BACKSLASH = 92
/** What follows it in Python 2's `repr`, and the byte that is meant. */
const ESCAPES = new Map(Object.entries({ n: 10, r: 13, t: 9, '\\': 92, "'": 39, '"': 34 }))

/** Of `repr` \xff and one letter, of `raw-unicode-escape` \u00ff. */
function unescaped(raw: Uint8Array, repr: boolean, wrong: Wrong): Uint8Array {
  const [letter, digits] = repr ? ['x', 2] : ['u', 4]
  const bytes = new Uint8Array(raw.length)
  let length = 0
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] !== BACKSLASH) {
      bytes[length++] = raw[i]
      continue
    }
    const kind = String.fromCharCode(raw[i + 1])
    const named = repr ? ESCAPES.get(kind) : undefined
    const hex = String.fromCharCode(...raw.subarray(i + 2, i + 2 + digits))
    const code = named ?? (kind === letter && /^[\da-f]{2,4}$/i.test(hex) ? Number.parseInt(hex, 16) : 256)
    if (code > 255 || (named === undefined && hex.length < digits)) throw wrong(i, `"\\${kind}${hex}"`)
    bytes[length++] = code
    i += named === undefined ? 1 + digits : 1
  }
  return bytes.slice(0, length)
}
