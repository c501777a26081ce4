import { checkBackend } from '../../engine/backends/backend.ts'
import { checkOptions, type OptionNames } from '../../engine/check.ts'
import { checkDType } from '../../engine/dtype.ts'
import {
  type Backend,
  type DType,
  defaultBackend,
  noGrad,
  permute,
  type Tensor,
  tensor,
  tidy,
} from '../../engine/index.ts'
import { checkTensor } from '../../engine/tensor.ts'
import { type Bytes, bytesOf, checkFileName } from '../files.ts'
import { ELEMENTS, elementType, nearestDType, type StoredElements, valuesOf, widthOf } from './elements.ts'

/**
 * NumPy's .npy (numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a magic text, two bytes of version, the
 * header's length, the header, which is a literal of Python, and the elements.
 */
const MAGIC = '\x93NUMPY'
/** Version 1.0: magic, version, and 2 bytes with the header's length. */
const PREFIX = MAGIC.length + 4

/** The header and all before it fill a multiple of this. */
const ALIGNMENT = 64

/**
 * A tensor as an .npy file, which `numpy.load` reads: `writeFileSync('embeddings.npy', saveNpy(embed(net, x)))`. From a
 * backend that answers later, `saveNpy(await t.to(backend('auto')))`.
 */
export function saveNpy(t: Tensor): Uint8Array {
  checkTensor('saveNpy', 't', t)
  const shape = t.rank === 1 ? `${t.shape[0]},` : t.shape.join(', ')
  const dict = `{'descr': '<${ELEMENTS[t.dtype].npy}', 'fortran_order': False, 'shape': (${shape}), }`
  const header = dict.padEnd(Math.ceil((PREFIX + dict.length + 1) / ALIGNMENT) * ALIGNMENT - PREFIX - 1)
  const values = t.dataSync()
  const bytes = new Uint8Array(PREFIX + header.length + 1 + values.byteLength)
  const text = `${MAGIC}\x01\x00..${header}\n`
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  new DataView(bytes.buffer).setUint16(PREFIX - 2, header.length + 1, true)
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), text.length)
  return bytes
}

export interface NpyOptions {
  /** Default: the one set by `setBackend`, else the fastest that holds the dtype. */
  backend?: Backend
  /** Default: float64 of float64, float32 of other floats, int32 of integers and bool. */
  dtype?: DType
  /** The file's name, for errors. */
  file?: string
}

const OPTIONS = { backend: true, dtype: true, file: true } satisfies OptionNames<NpyOptions>

/**
 * The tensor in an .npy file, in NumPy's order of elements whichever the file has: bool, int8 to int64, uint8 to uint64,
 * float16, float32, float64, in either byte order, versions 1, 2 and 3. Floats round to the `dtype` (beyond float32's range
 * to Infinity); integers must fit: `loadNpy(bytes, { dtype: 'float64' })` holds those from -2^53 to 2^53, and float32 takes
 * images of uint8. Throws, before any element is copied, when the file is not whole or holds something else; then, naming
 * the first, on an integer that does not fit.
 */
export function loadNpy(bytes: Bytes, options: NpyOptions = {}): Tensor {
  checkOptions('loadNpy', options, OPTIONS)
  const { backend, dtype, file } = options
  checkFileName('loadNpy', file)
  const what = file === undefined ? 'loadNpy' : `loadNpy: ${file}`
  if (dtype !== undefined) checkDType('loadNpy', dtype)
  const fail: Fail = (expected, actual) => {
    throw new Error(`${what}: ${expected} expected, got ${actual}`)
  }
  const all = bytesOf(what, bytes)
  const { start, ...stored } = readNpyHeader(all, fail)
  const { shape } = stored
  const size = shape.reduce((n, s) => n * s, widthOf(stored.type))
  const data = all.subarray(start)
  if (size !== data.length) fail(`${size} bytes of ${stored.type}[${shape}]`, `${data.length}`)
  const to = dtype ?? nearestDType(stored.type)
  if (backend !== undefined) checkBackend('loadNpy', backend)
  const at = backend ?? defaultBackend(to)
  if (!at.dtypes.includes(to)) {
    fail(`${at.dtypes.join(' or ')}, which backend ${at.name} holds,`, `${to}; { dtype: 'float32' } rounds`)
  }
  const values = valuesOf(what, data, stored, to)
  if (!stored.fortran) return tensor(values, { shape, dtype: to, backend: at })
  // The first axis runs fastest.
  const order = shape.map((_, i) => shape.length - 1 - i)
  return noGrad(() =>
    tidy(() => permute(tensor(values, { shape: [...shape].reverse(), dtype: to, backend: at }), order)),
  )
}

/** As NumPy, which reads no longer header unless told. */
const LONGEST = 10_000

/** Those of which no tensor can be made, as people call them. */
const OTHERS: Readonly<Record<string, string>> = {
  c: 'complex numbers',
  O: 'Python objects',
  S: 'text',
  U: 'text',
  M: 'dates',
  m: 'spans of time',
  V: 'raw bytes',
  f: 'floats',
  i: 'integers',
  u: 'integers',
}

type Fail = (expected: string, actual: string) => never

/** What the file says it holds, and where its elements start. `fail` throws. */
function readNpyHeader(bytes: Uint8Array, fail: Fail): StoredElements & { readonly start: number } {
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
function parse(text: string, fail: Fail): StoredElements {
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
  const type = elementType('npy', code)
  if (type === undefined) {
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
  return { type, fortran, shape: sizes.map(Number), bigEndian: order === '>' }
}
