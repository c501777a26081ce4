import {
  type Backend,
  type DType,
  type Json,
  type State,
  type Tensor,
  type TypedArray,
  tensor,
} from '../engine/index.ts'

/**
 * A state as bytes, in the safetensors layout: 8 bytes with the header's length, little-endian; the header, JSON that
 * gives each tensor's dtype, shape and place; then the elements, little-endian as every engine in use holds them. The
 * values stand in `__metadata__` as JSON text. Other programs that read safetensors can read the tensors.
 */
const DTYPES = {
  float64: { code: 'F64', bytes: 8, Values: Float64Array },
  float32: { code: 'F32', bytes: 4, Values: Float32Array },
  int32: { code: 'I32', bytes: 4, Values: Int32Array },
} as const satisfies Record<DType, object>

const METADATA = '__metadata__'
const LENGTH = 8

/** Throws on a value that JSON cannot hold, such as NaN, and on a tensor named `__metadata__`. */
export function saveCheckpoint({ tensors, values }: State): Uint8Array {
  checkJson('values', values)
  const rows: [string, object][] = [[METADATA, { format: 'ir-softmax', values: JSON.stringify(values) }]]
  const blocks: Uint8Array[] = []
  let end = 0
  // The widest first, so that every tensor starts at a multiple of its element's size.
  for (const [dtype, { code }] of Object.entries(DTYPES)) {
    for (const [name, t] of Object.entries(tensors)) {
      if (t.dtype !== dtype) continue
      if (name === METADATA)
        throw new Error(`checkpoint: a tensor's name expected, got the reserved ${METADATA}`)
      const data = t.dataSync()
      blocks.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      rows.push([name, { dtype: code, shape: t.shape, data_offsets: [end, end + data.byteLength] }])
      end += data.byteLength
    }
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(rows)))
  const header = LENGTH + Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(header + end).fill(0x20, LENGTH, header)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header - LENGTH), true)
  bytes.set(text, LENGTH)
  let at = header
  for (const block of blocks) {
    bytes.set(block, at)
    at += block.length
  }
  return bytes
}

/** The state in such bytes, on `backend`. Throws, saying where, when they are not what `saveCheckpoint` writes. */
export function loadCheckpoint(bytes: Uint8Array, { backend }: { backend?: Backend } = {}): State {
  if (bytes.length < LENGTH) fail(`at least ${LENGTH} bytes`, `${bytes.length}`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getBigUint64(0, true)
  const room = bytes.length - LENGTH
  if (length > BigInt(room)) fail(`a header of at most ${room} bytes`, `a length of ${length}`)
  const header = parse('the header', bytes.subarray(LENGTH, LENGTH + Number(length)))
  const data = bytes.subarray(LENGTH + Number(length))
  const { [METADATA]: metadata, ...rows } = header
  const entries = Object.entries(rows).map(([name, row]) => entry(name, row))
  checkCover(entries, data.length)
  const values = valuesOf(metadata)
  const tensors = entries.map(({ name, dtype, shape, begin, end }): [string, Tensor] => {
    // A copy of their own: elements must start at a multiple of their size.
    const own = new Uint8Array(end - begin)
    own.set(data.subarray(begin, end))
    const elements: TypedArray = new DTYPES[dtype].Values(own.buffer)
    return [name, tensor(elements, { shape, dtype, backend })]
  })
  return { tensors: Object.fromEntries(tensors), values }
}

interface Entry {
  name: string
  dtype: DType
  shape: number[]
  begin: number
  end: number
}

function entry(name: string, row: Json): Entry {
  if (!isRecord(row)) fail(`dtype, shape and data_offsets of ${name}`, JSON.stringify(row))
  const dtype = (Object.keys(DTYPES) as DType[]).find(d => DTYPES[d].code === row.dtype)
  if (dtype === undefined) fail(`${name} of dtype F64, F32 or I32`, JSON.stringify(row.dtype))
  const { shape, data_offsets: offsets } = row
  if (!isCounts(shape)) fail(`${name}'s shape of sizes`, JSON.stringify(shape))
  if (!isCounts(offsets) || offsets.length !== 2) fail(`${name}'s two data_offsets`, JSON.stringify(offsets))
  const size = shape.reduce((n, s) => n * s, DTYPES[dtype].bytes)
  const [begin, end] = offsets
  if (end - begin !== size) fail(`${size} bytes for ${name}[${shape}]`, `data_offsets ${begin} to ${end}`)
  return { name, dtype, shape: [...shape], begin, end }
}

/** The tensors lie one after another and fill the data: none overlap, none reach outside, nothing is left over. */
function checkCover(entries: readonly Entry[], length: number): void {
  let at = 0
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) fail(`${name} at byte ${at} of the data`, `byte ${begin}`)
    at = end
  }
  if (at !== length) fail(`${at} bytes of data`, `${length}`)
}

/** Metadata of other programs may hold no values. */
function valuesOf(metadata: Json | undefined): Readonly<Record<string, Json>> {
  if (metadata === undefined) return {}
  if (!isRecord(metadata)) fail(`${METADATA} of texts`, JSON.stringify(metadata))
  if (metadata.values === undefined) return {}
  if (typeof metadata.values !== 'string') fail('values as JSON text', JSON.stringify(metadata.values))
  return parse('the values', metadata.values)
}

function parse(what: string, source: Uint8Array | string): Readonly<Record<string, Json>> {
  let value: Json
  try {
    const text =
      typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source)
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`checkpoint: JSON expected in ${what}, got ${(error as Error).message}`, { cause: error })
  }
  if (!isRecord(value)) fail(`an object in ${what}`, JSON.stringify(value).slice(0, 80))
  return value
}

const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isCounts = (value: Json | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && (n as number) >= 0)

function checkJson(path: string, value: Json): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) checkJson(`${path}.${name}`, item)
  } else if (
    typeof value === 'number' ? !Number.isFinite(value) : !['string', 'boolean'].includes(typeof value)
  ) {
    if (value !== null) fail(`a value that JSON holds at ${path}`, String(value))
  }
}

function fail(expected: string, actual: string): never {
  throw new Error(`checkpoint: ${expected} expected, got ${actual}`)
}
