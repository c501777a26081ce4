import type { DType, Json, TypedArray } from '../../engine/index.ts'
import { valuesOf } from '../elements/convert.ts'
import { KINDS, widthOf } from '../elements/kinds.ts'
import { type Bytes, bytesOf } from '../files.ts'
import { isCode, KIND_OF, LENGTH, METADATA } from './dtypes.ts'
import { isRecord, parseObject, show } from './json.ts'

/** A tensor of a file: where its elements lie, from the start of the data. */
export interface Entry {
  readonly name: string
  /** The format's code; some are of no `KIND_OF` ours. */
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

export interface Contents {
  readonly entries: readonly Entry[]
  readonly metadata: Readonly<Record<string, string>>
  /** The bytes after the header, not copied. */
  readonly data: Uint8Array
}

/**
 * The contents of bytes in the safetensors layout. All of the header is checked before any tensor is made: its length
 * against the file's, each shape against its place, and that the tensors lie one after another and fill the data. Throws,
 * saying where; `what` opens the errors. A dtype that no tensor of ours can hold is an error when it is read.
 */
export function readSafetensors(what: string, file: Bytes): Contents {
  const fail: Fail = failing(what)
  const bytes = bytesOf(what, file)
  if (bytes.length < LENGTH) fail(`at least ${LENGTH} bytes`, `${bytes.length}`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  const room = bytes.length - LENGTH
  if (length > BigInt(room)) fail(`a header of at most ${room} bytes`, `a length of ${length}`)
  // A copy: browsers decode no shared memory.
  const text = Uint8Array.from(bytes.subarray(LENGTH, LENGTH + Number(length)))
  const header = parseObject(what, 'the header', text)
  const data = bytes.subarray(LENGTH + Number(length))
  const { [METADATA]: metadata = {}, ...rows } = header
  if (!isTexts(metadata)) fail(`${METADATA} of texts`, show(metadata))
  const entries = Object.entries(rows).map(([name, row]) => entry(fail, name, row))
  checkCover(fail, entries, data.length)
  return { entries, metadata, data }
}

/**
 * The elements of an entry as `dtype`, or as the nearest to its own, in memory of their own. Throws, naming the entry, on a
 * dtype that is not read and on what does not fit (`valuesOf`).
 */
export function elements(what: string, { name, ...entry }: Entry, data: Uint8Array, as?: DType): Values {
  if (!isCode(entry.dtype)) return failing(what)(known(name), show(entry.dtype))
  const kind = KIND_OF[entry.dtype]
  const dtype = as ?? KINDS[kind].nearest
  const stored = { kind, shape: entry.shape }
  return { dtype, values: valuesOf(`${what}: ${name}`, data.subarray(entry.begin, entry.end), stored, dtype) }
}

const known = (name: string): string => {
  const codes = Object.keys(KIND_OF)
  return `${name} of dtype ${codes.slice(0, -1).join(', ')} or ${codes.at(-1)}`
}

interface Values {
  readonly dtype: DType
  readonly values: TypedArray
}

type Fail = (expected: string, actual: string) => never

const failing =
  (what: string): Fail =>
  (expected, actual) => {
    throw new Error(`${what}: ${expected} expected, got ${actual}`)
  }

function entry(fail: Fail, name: string, row: Json): Entry {
  if (!isRecord(row)) fail(`dtype, shape and data_offsets of ${name}`, show(row))
  const { dtype, shape, data_offsets: offsets } = row
  if (typeof dtype !== 'string') fail(known(name), show(dtype))
  if (!isCounts(shape)) fail(`${name}'s shape of sizes`, show(shape))
  if (!isCounts(offsets) || offsets.length !== 2) fail(`${name}'s two data_offsets`, show(offsets))
  const [begin, end] = offsets
  if (isCode(dtype)) {
    const size = shape.reduce((n, s) => n * s, widthOf(KIND_OF[dtype]))
    if (end - begin !== size) fail(`${size} bytes for ${name}[${shape}]`, `data_offsets ${begin} to ${end}`)
  }
  return { name, dtype, shape: [...shape], begin, end }
}

/** None overlap, none reach outside, nothing is left over. */
function checkCover(fail: Fail, entries: readonly Entry[], length: number): void {
  let at = 0
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at) fail(`${name} at byte ${at} of the data`, `byte ${begin}`)
    at = end
  }
  if (at !== length) fail(`${at} bytes of data`, `${length}`)
}

const isTexts = (value: Json): value is Readonly<Record<string, string>> =>
  isRecord(value) && Object.values(value).every(text => typeof text === 'string')

const isCounts = (value: Json | undefined): value is readonly number[] =>
  Array.isArray(value) && value.every(n => Number.isSafeInteger(n) && (n as number) >= 0)
