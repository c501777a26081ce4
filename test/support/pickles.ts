/** Pickles of (images, issame), written by the text of the format, as Python 2 and 3 do. */

const text = (value: string): Buffer => Buffer.from(value, 'latin1')
const uint = (value: number, bytes: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntLE(value, 0, Math.min(bytes, 6))
  return buffer
}
const join = (...parts: readonly (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? text(part) : part)))

/** How one of Python's `repr` or of protocol 0 shows a byte. */
const escaped = (bytes: Buffer, special: (byte: number) => string | undefined): string =>
  [...bytes].map(byte => special(byte) ?? String.fromCharCode(byte)).join('')
const hex = (byte: number, digits: number): string => byte.toString(16).padStart(digits, '0')

const NAMED = new Map([
  [10, '\\n'],
  [13, '\\r'],
  [9, '\\t'],
  [92, '\\\\'],
])

/** Python 2 chooses the quotes that need no backslash; one sort suffices for its reader. */
function repr(bytes: Buffer): string {
  const quote = bytes.includes(39) && !bytes.includes(34) ? '"' : "'"
  const special = (byte: number): string | undefined =>
    NAMED.get(byte) ??
    (byte === quote.charCodeAt(0) ? `\\${quote}` : byte < 32 || byte > 126 ? `\\x${hex(byte, 2)}` : undefined)
  return `${quote}${escaped(bytes, special)}${quote}`
}

const rawUnicodeEscape = (bytes: Buffer): string =>
  escaped(bytes, byte => ([0, 10, 13, 26, 92].includes(byte) ? `\\u${hex(byte, 4)}` : undefined))

const utf8 = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1'), 'utf8')

/** How a writer puts bytes down. */
export type BytesForm =
  | 'STRING'
  | 'BINSTRING'
  | 'SHORT_BINSTRING'
  | 'BINBYTES'
  | 'SHORT_BINBYTES'
  | 'BINBYTES8'
  | 'BYTEARRAY8'
  | 'UNICODE'
  | 'BINUNICODE'

const FORMS: Readonly<Record<BytesForm, (bytes: Buffer) => Buffer>> = {
  STRING: b => join('S', repr(b), '\n'),
  BINSTRING: b => join('T', uint(b.length, 4), b),
  SHORT_BINSTRING: b => (b.length < 256 ? join('U', uint(b.length, 1), b) : FORMS.BINSTRING(b)),
  BINBYTES: b => join('B', uint(b.length, 4), b),
  SHORT_BINBYTES: b => (b.length < 256 ? join('C', uint(b.length, 1), b) : FORMS.BINBYTES(b)),
  BINBYTES8: b => join('\x8e', uint(b.length, 8), b),
  BYTEARRAY8: b => join('\x96', uint(b.length, 8), b),
  UNICODE: b => join('c_codecs\nencode\n(V', rawUnicodeEscape(b), '\nVlatin1\ntR'),
  BINUNICODE: b => {
    const stored = utf8(b)
    return join('c_codecs\nencode\nX', uint(stored.length, 4), stored, 'X', uint(6, 4), 'latin1\x86R')
  },
}

export const FORM_NAMES = Object.keys(FORMS) as BytesForm[]

const dtype = (code: string): string =>
  `cnumpy\ndtype\n(U${String.fromCharCode(code.length)}${code}K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb`

/** An array of NumPy, as Python 2 has it in protocol 2: of shape [n], or [n,1] as OpenCV's. */
function ndarray(code: string, data: Buffer, count: number, column: boolean): Buffer {
  const shape = join('(J', uint(count, 4), column ? 'K\x01' : '', 't')
  const empty = 'cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR'
  return join(empty, '(K\x01', shape, dtype(code), 'I00\n', FORMS.BINSTRING(data), 'tb')
}

export interface PickleForm {
  readonly bytes: BytesForm
  /** Images as arrays of this shape in place of bytes. */
  readonly array?: 'row' | 'column'
  readonly flags: 'I00' | 'NEWTRUE' | 'BININT1' | 'LONG1' | 'scalars' | 'array'
  /** Each value is put into the memo; images that are equal are written once. */
  readonly memo: 'PUT' | 'BINPUT' | 'MEMOIZE' | 'none'
  readonly lists: 'LIST' | 'APPEND' | 'APPENDS'
  readonly tuple: 'TUPLE' | 'TUPLE2'
  readonly protocol?: number
  readonly framed?: boolean
}

export function pickleOf(images: readonly Buffer[], same: readonly boolean[], form: PickleForm): Buffer {
  const memo = new Map<string, number>()
  const put = (key: string): string => {
    const index = memo.size
    memo.set(key, index)
    if (form.memo === 'PUT') return `p${index}\n`
    if (form.memo === 'BINPUT') return index < 256 ? `q${String.fromCharCode(index)}` : ''
    return form.memo === 'MEMOIZE' ? '\x94' : ''
  }
  const get = (index: number): string =>
    form.memo === 'PUT' ? `g${index}\n` : `h${String.fromCharCode(index)}`
  const image = (bytes: Buffer): Buffer => {
    const key = `image ${bytes.toString('hex')}`
    const known = memo.get(key)
    if (known !== undefined && form.memo !== 'none' && known < 256) return text(get(known))
    const value =
      form.array === undefined
        ? FORMS[form.bytes](bytes)
        : ndarray('u1', bytes, bytes.length, form.array === 'column')
    return join(value, put(key))
  }
  const flag = (value: boolean): Buffer => {
    if (form.flags === 'I00') return text(value ? 'I01\n' : 'I00\n')
    if (form.flags === 'NEWTRUE') return text(value ? '\x88' : '\x89')
    if (form.flags === 'LONG1') return text(value ? '\x8a\x01\x01' : '\x8a\x00')
    if (form.flags === 'scalars')
      return join(
        'cnumpy.core.multiarray\nscalar\n',
        dtype('b1'),
        FORMS.SHORT_BINBYTES(uint(Number(value), 1)),
        '\x86R',
      )
    return text(value ? 'K\x01' : 'K\x00')
  }
  // In the order in which they are written: a list is put into the memo before its items, unless these stand on the stack.
  const list = (items: () => readonly Buffer[], key: string): Buffer => {
    if (form.lists === 'LIST') return join('(', ...items(), 'l', put(key))
    const start = `]${put(key)}`
    if (form.lists === 'APPEND') return join(start, ...items().map(item => join(item, 'a')))
    return join(start, '(', ...items(), 'e')
  }
  const both = list(() => images.map(image), 'images')
  const flags =
    form.flags === 'array'
      ? ndarray('b1', Buffer.from(same.map(Number)), same.length, false)
      : list(() => same.map(flag), 'flags')
  const body = form.tuple === 'TUPLE' ? join('(', both, flags, 't.') : join(both, flags, '\x86.')
  const frame = form.framed === true ? join('\x95', uint(body.length, 8)) : ''
  return join(form.protocol === undefined ? '' : `\x80${String.fromCharCode(form.protocol)}`, frame, body)
}
