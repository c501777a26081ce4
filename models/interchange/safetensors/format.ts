import type { DType, Json, Shape, TypedArray } from '../../../engine/index.ts'
import { type Bytes, bytesOf } from '../../files.ts'
import { ELEMENTS, type ElementType, elementType, nearestDType, valuesOf, widthOf } from '../elements.ts'

/**
 * A code of an element type (github.com/huggingface/safetensors). The format knows more: complex numbers, and types of fewer
 * than 8 bits or of scales alone; no tensor here is made of those.
 */
export type Code = (typeof ELEMENTS)[ElementType]['safetensors']

/** The entry of the header that is no tensor: texts by name. */
const METADATA = '__metadata__'

/** Bytes before the header: its length, unsigned, little-endian. */
const LENGTH = 8

/** A tensor of a file: where its elements lie, from the start of the data. */
export interface Entry {
  readonly name: string
  /** The format's code, a `Code` or another. */
  readonly dtype: string
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

interface Contents {
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
  if (bytes.length < LENGTH) fail(`at least ${LENGTH} bytes`, `${bytes.length}: no safetensors file`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  const room = bytes.length - LENGTH
  if (length > BigInt(room))
    fail(`a header of at most ${room} bytes`, `a length of ${length}: no safetensors file`)
  // A copy: browsers decode no shared memory.
  const text = Uint8Array.from(bytes.subarray(LENGTH, LENGTH + Number(length)))
  const header = parseObject(what, 'the header of a safetensors file', text)
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
  const type = typeOf(entry.dtype)
  if (type === undefined) return failing(what)(known(name), show(entry.dtype))
  const dtype = as ?? nearestDType(type)
  const stored = { type, shape: entry.shape }
  return { dtype, values: valuesOf(`${what}: ${name}`, data.subarray(entry.begin, entry.end), stored, dtype) }
}

const typeOf = (code: string): ElementType | undefined => elementType('safetensors', code)

const known = (name: string): string => {
  const codes = Object.values(ELEMENTS).map(({ safetensors }) => safetensors)
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
  const type = typeOf(dtype)
  if (type !== undefined) {
    const size = shape.reduce((n, s) => n * s, widthOf(type))
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

/** A tensor to write. */
export interface StoredTensor {
  readonly name: string
  readonly dtype: Code
  readonly shape: Shape
  readonly values: ArrayBufferView
}

/**
 * Arrays as bytes in the safetensors layout (github.com/huggingface/safetensors): the header's length; the header, JSON
 * that gives each tensor's dtype, shape and place; then the elements, little-endian as every engine in use holds them.
 * Throws on a tensor named `__metadata__` and on two of one name.
 */
export function writeSafetensors(
  what: string,
  tensors: readonly StoredTensor[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const rows = new Map<string, object>([[METADATA, metadata]])
  // The widest first, so that every tensor starts at a multiple of its element's size.
  const width = ({ dtype }: StoredTensor): number => widthOf(typeOf(dtype) as ElementType)
  const sorted = [...tensors].sort((a, b) => width(b) - width(a))
  let end = 0
  for (const { name, dtype, shape, values } of sorted) {
    if (name === METADATA) throw new Error(`${what}: a tensor's name expected, got the reserved ${METADATA}`)
    if (rows.has(name)) throw new Error(`${what}: names that differ expected, got ${name} twice`)
    rows.set(name, { dtype, shape, data_offsets: [end, end + values.byteLength] })
    end += values.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(rows)))
  const header = LENGTH + Math.ceil(text.length / 8) * 8
  const bytes = new Uint8Array(header + end).fill(0x20, LENGTH, header)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header - LENGTH), true)
  bytes.set(text, LENGTH)
  let at = header
  for (const { values } of sorted) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at)
    at += values.byteLength
  }
  return bytes
}

/** The object that stands as JSON in a text or its UTF-8; `what` and `where` are for the error. */
export function parseObject(
  what: string,
  where: string,
  source: Uint8Array | string,
): Readonly<Record<string, Json>> {
  let value: Json
  try {
    const text =
      typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source)
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`${what}: JSON expected in ${where}, got ${(error as Error).message}`, { cause: error })
  }
  if (!isRecord(value)) throw new Error(`${what}: an object in ${where} expected, got ${show(value)}`)
  return value
}

const isRecord = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A value as it stands in an error: its first characters. */
function show(value: Json | undefined): string {
  try {
    return String(JSON.stringify(value)).slice(0, 80)
  } catch {
    // Parsing takes any depth, printing does not.
    return 'something nested too deep to print'
  }
}
