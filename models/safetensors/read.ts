import type { Json } from '../../engine/index.ts'
import { type Code, DTYPES, LENGTH, METADATA } from './dtypes.ts'
import { isRecord, parseObject, show } from './json.ts'

/** A tensor of a file: where its elements lie, from the start of the data. */
export interface Entry<C extends Code = Code> {
  readonly name: string
  readonly dtype: C
  readonly shape: readonly number[]
  readonly begin: number
  readonly end: number
}

export interface Contents<C extends Code> {
  readonly entries: readonly Entry<C>[]
  readonly metadata: Readonly<Record<string, string>>
  /** The bytes after the header, not copied. */
  readonly data: Uint8Array
}

/**
 * The contents of bytes in the safetensors layout. All of the header is checked before any tensor is made: its length
 * against the file's, each dtype to be one of `dtypes`, each shape against its place, and that the tensors lie one
 * after another and fill the data. Throws, saying where; `what` opens the errors.
 */
export function readSafetensors<C extends Code>(
  what: string,
  bytes: Uint8Array,
  dtypes: readonly C[],
): Contents<C> {
  const fail: Fail = failing(what)
  if (bytes.length < LENGTH) fail(`at least ${LENGTH} bytes`, `${bytes.length}`)
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  const room = bytes.length - LENGTH
  if (length > BigInt(room)) fail(`a header of at most ${room} bytes`, `a length of ${length}`)
  const header = parseObject(what, 'the header', bytes.subarray(LENGTH, LENGTH + Number(length)))
  const data = bytes.subarray(LENGTH + Number(length))
  const { [METADATA]: metadata = {}, ...rows } = header
  if (!isTexts(metadata)) fail(`${METADATA} of texts`, show(metadata))
  const entries = Object.entries(rows).map(([name, row]) => entry(fail, name, row, dtypes))
  checkCover(fail, entries, data.length)
  return { entries, metadata, data }
}

/** The elements of an entry in memory of their own: they must start at a multiple of their size. */
export function elements<C extends Code>(
  { dtype, begin, end }: Entry<C>,
  data: Uint8Array,
): InstanceType<(typeof DTYPES)[C]['Values']> {
  // Not slice, which a Buffer of Node answers with a view.
  const own = new Uint8Array(end - begin)
  own.set(data.subarray(begin, end))
  const { Values } = DTYPES[dtype]
  return new Values(own.buffer) as InstanceType<(typeof DTYPES)[C]['Values']>
}

type Fail = (expected: string, actual: string) => never

const failing =
  (what: string): Fail =>
  (expected, actual) => {
    throw new Error(`${what}: ${expected} expected, got ${actual}`)
  }

function entry<C extends Code>(fail: Fail, name: string, row: Json, dtypes: readonly C[]): Entry<C> {
  if (!isRecord(row)) fail(`dtype, shape and data_offsets of ${name}`, show(row))
  const dtype = dtypes.find(code => code === row.dtype)
  if (dtype === undefined) {
    fail(`${name} of dtype ${dtypes.slice(0, -1).join(', ')} or ${dtypes.at(-1)}`, show(row.dtype))
  }
  const { shape, data_offsets: offsets } = row
  if (!isCounts(shape)) fail(`${name}'s shape of sizes`, show(shape))
  if (!isCounts(offsets) || offsets.length !== 2) fail(`${name}'s two data_offsets`, show(offsets))
  const size = shape.reduce((n, s) => n * s, DTYPES[dtype].bytes)
  const [begin, end] = offsets
  if (end - begin !== size) fail(`${size} bytes for ${name}[${shape}]`, `data_offsets ${begin} to ${end}`)
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
