import type { Stored } from '../elements/convert.ts'
import type { KindName } from '../elements/kinds.ts'

/**
 * NumPy's .npy (numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a magic text, two bytes of version, the
 * header's length, the header, which is a literal of Python, and the elements.
 */
export const MAGIC = '\x93NUMPY'
/** Version 1.0: magic, version, and 2 bytes with the header's length. */
export const PREFIX = MAGIC.length + 4

/** As NumPy, which reads no longer header unless told. */
const LONGEST = 10_000

/** NumPy's names of what elements are: a kind and a number of bytes. */
const KINDS: Readonly<Record<string, KindName>> = {
  ...{ b1: 'bool', i1: 'int8', i2: 'int16', i4: 'int32', i8: 'int64' },
  ...{ u1: 'uint8', u2: 'uint16', u4: 'uint32', u8: 'uint64', f2: 'float16', f4: 'float32', f8: 'float64' },
}
/** Those of which no tensor can be made, as people call them. */
const OTHERS: Readonly<Record<string, string>> = {
  ...{ c: 'complex numbers', O: 'Python objects', S: 'text', U: 'text', M: 'dates', m: 'spans of time' },
  ...{ V: 'raw bytes', f: 'floats', i: 'integers', u: 'integers' },
}

export type Fail = (expected: string, actual: string) => never

/** What the file says it holds, and where its elements start. `fail` throws. */
export function readNpyHeader(bytes: Uint8Array, fail: Fail): Stored & { readonly start: number } {
  const { text, start } = textOf(bytes, fail)
  return { ...parse(text, fail), start }
}

function textOf(bytes: Uint8Array, fail: Fail): { text: string; start: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length))
  if (magic.startsWith('PK')) fail('an .npy file', 'a zip; an .npz holds one .npy an array: unpack it first')
  if (magic !== MAGIC) fail('an .npy file, which begins with \\x93NUMPY', JSON.stringify(magic))
  if (bytes.length < PREFIX) fail(`at least ${PREFIX} bytes`, `${bytes.length}`)
  const version = bytes[MAGIC.length]
  if (version < 1 || version > 3) fail('version 1, 2 or 3', `${version}`)
  const begin = version === 1 ? PREFIX : PREFIX + 2
  if (bytes.length < begin) fail(`at least ${begin} bytes`, `${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const length = version === 1 ? view.getUint16(PREFIX - 2, true) : view.getUint32(PREFIX - 2, true)
  const start = begin + length
  if (length > LONGEST) fail(`a header of at most ${LONGEST} bytes`, `a length of ${length}`)
  if (start > bytes.length) fail(`a header of at most ${bytes.length - begin} bytes`, `a length of ${length}`)
  // A copy: browsers decode no shared memory.
  return { text: new TextDecoder().decode(Uint8Array.from(bytes.subarray(begin, start))), start }
}

/** The three entries, in any order. */
function parse(text: string, fail: Fail): Stored {
  const show = JSON.stringify(text.trim().slice(0, 80))
  const dict = text.trim()
  if (!dict.startsWith('{') || !dict.endsWith('}')) fail('a dict as header', show)
  const entry = (name: string, form: string, value: string): string => {
    const found = new RegExp(`(?:^|,)\\s*'${name}':\\s*(${value})\\s*(?:,|$)`).exec(dict.slice(1, -1))
    return found === null ? fail(`${name} as ${form} in the header`, show) : found[1]
  }
  if (/'descr':\s*\[/.test(dict)) fail('elements of one number each', `records (structured), ${show}`)
  const descr = entry('descr', "a text, '<f4',", "'[^']*'").slice(1, -1)
  const [, order, code] = /^([<>=|]?)(.*)$/s.exec(descr) as RegExpExecArray
  const kind = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined
  if (kind === undefined) {
    const other = Object.hasOwn(OTHERS, code[0] ?? '') ? `${OTHERS[code[0]]}, ` : ''
    return fail(
      'elements of bool, int8 to int64, uint8 to uint64 or float16 to float64',
      `${other}${descr || "''"}`,
    )
  }
  // Python 2 wrote sizes as 3L.
  const shape = entry('shape', 'a tuple of sizes, (2, 3),', '\\([\\dL, ]*\\)').slice(1, -1)
  const sizes = shape.split(',').map(size => size.trim().replace(/L$/, ''))
  // A comma may stand after the last size.
  if (sizes.at(-1) === '') sizes.pop()
  if (!sizes.every(size => /^\d+$/.test(size) && Number.isSafeInteger(Number(size))))
    fail('a shape of sizes', show)
  const fortran = entry('fortran_order', 'True or False', 'True|False') === 'True'
  return { kind, fortran, shape: sizes.map(Number), bigEndian: order === '>' }
}
