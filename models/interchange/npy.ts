import { checkBackend, checkOptions, type OptionNames } from '../../engine/check.ts'
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
import { valuesOf } from '../elements/convert.ts'
import { KINDS, widthOf } from '../elements/kinds.ts'
import { type Bytes, bytesOf, checkFileName } from '../files.ts'
import { type Fail, MAGIC, PREFIX, readNpyHeader } from './npyHeader.ts'

const DESCRS = { float64: '<f8', float32: '<f4', int32: '<i4' } as const satisfies Record<DType, string>

/** The header and all before it fill a multiple of this. */
const ALIGNMENT = 64

/**
 * A tensor as an .npy file, which `numpy.load` reads: `writeFileSync('embeddings.npy', saveNpy(embed(net, x)))`. From a
 * backend that answers later, `saveNpy(await t.to(backend('auto')))`.
 */
export function saveNpy(t: Tensor): Uint8Array {
  checkTensor('saveNpy', 't', t)
  const descr = DESCRS[t.dtype]
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
  const size = shape.reduce((n, s) => n * s, widthOf(stored.kind))
  const data = all.subarray(start)
  if (size !== data.length) fail(`${size} bytes of ${stored.kind}[${shape}]`, `${data.length}`)
  const to = dtype ?? KINDS[stored.kind].nearest
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
