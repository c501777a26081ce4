import { type Backend, type DType, noGrad, permute, type Tensor, tensor, tidy } from '../../engine/index.ts'

/**
 * NumPy's .npy (numpy.org/doc/stable/reference/generated/numpy.lib.format.html): a magic text, two bytes of version, the
 * header's length, the header, which is a literal of Python, and the elements.
 */
const MAGIC = '\x93NUMPY'
const DTYPES = {
  float64: { descr: '<f8', bytes: 8, Values: Float64Array },
  float32: { descr: '<f4', bytes: 4, Values: Float32Array },
  int32: { descr: '<i4', bytes: 4, Values: Int32Array },
} as const satisfies Record<DType, object>

/** The header and all before it fill a multiple of this. */
const ALIGNMENT = 64
/** As NumPy, which reads no longer header unless told. */
const LONGEST = 10_000
/** Version 1.0: magic, version, and 2 bytes with the header's length. */
const PREFIX = MAGIC.length + 4

/**
 * A tensor as an .npy file, which `numpy.load` reads: `writeFileSync('embeddings.npy', saveNpy(embed(net, x)))`. From a
 * backend that answers later, `saveNpy(await t.to(backend('auto')))`.
 */
export function saveNpy(t: Tensor): Uint8Array {
  const { descr } = DTYPES[t.dtype]
  const shape = t.rank === 1 ? `${t.shape[0]},` : t.shape.join(', ')
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape}), }`
  const header = dict.padEnd(Math.ceil((PREFIX + dict.length + 1) / ALIGNMENT) * ALIGNMENT - PREFIX - 1)
  const values = t.dataSync()
  const bytes = new Uint8Array(PREFIX + header.length + 1 + values.byteLength)
  const text = `${MAGIC}\x01\x00..${header}\n`
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i)
  new DataView(bytes.buffer).setUint16(PREFIX - 2, header.length + 1, true)
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), text.length)
  return bytes
}

/**
 * The tensor in an .npy file of float64, float32 or int32, on `backend`, in NumPy's order of elements whichever the file
 * has. Versions 1, 2 and 3. Throws, before any element is copied, when the file is not whole or holds something else.
 */
export function loadNpy(bytes: Uint8Array, { backend }: { backend?: Backend } = {}): Tensor {
  const { text, start } = readHeader(bytes)
  const { dtype, fortran, shape } = parseHeader(text)
  const { Values, bytes: width } = DTYPES[dtype]
  const size = shape.reduce((n, s) => n * s, width)
  if (size !== bytes.length - start) {
    fail(`${size} bytes of ${dtype}[${shape}]`, `${bytes.length - start}`)
  }
  // Elements must start at a multiple of their size.
  const own = new Uint8Array(size)
  own.set(bytes.subarray(start))
  const values = new Values(own.buffer)
  if (!fortran) return tensor(values, { shape, dtype, backend })
  // The first axis runs fastest.
  const order = shape.map((_, i) => shape.length - 1 - i)
  return noGrad(() =>
    tidy(() => permute(tensor(values, { shape: [...shape].reverse(), dtype, backend }), order)),
  )
}

function readHeader(bytes: Uint8Array): { text: string; start: number } {
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length))
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
  return { text: new TextDecoder().decode(bytes.subarray(begin, start)), start }
}

/** The three entries, in any order. */
function parseHeader(text: string): { dtype: DType; fortran: boolean; shape: number[] } {
  const shown = JSON.stringify(text.trim().slice(0, 80))
  const dict = text.trim()
  if (!dict.startsWith('{') || !dict.endsWith('}')) fail('a dict as header', shown)
  const entry = (name: string, value: string): string => {
    const found = new RegExp(`(?:^|,)\\s*'${name}':\\s*(${value})\\s*(?:,|$)`).exec(dict.slice(1, -1))
    return found === null ? fail(`${name} as ${value} in the header`, shown) : found[1]
  }
  const descr = entry('descr', "'[^']*'").slice(1, -1)
  const dtype = (Object.keys(DTYPES) as DType[]).find(name => DTYPES[name].descr === descr)
  if (dtype === undefined) fail('elements <f8, <f4 or <i4 (little-endian float64, float32, int32)', descr)
  const shape = entry('shape', '\\([\\d, ]*\\)').slice(1, -1)
  const sizes = shape.split(',').map(size => size.trim())
  // A comma may stand after the last size.
  if (sizes.at(-1) === '') sizes.pop()
  if (!sizes.every(size => /^\d+$/.test(size) && Number.isSafeInteger(Number(size))))
    fail('a shape of sizes', shown)
  return { dtype, fortran: entry('fortran_order', 'True|False') === 'True', shape: sizes.map(Number) }
}

function fail(expected: string, actual: string): never {
  throw new Error(`loadNpy: ${expected} expected, got ${actual}`)
}
