import type { ContainerFile } from '../containerFile.ts'

/** Begins every part of a record. */
const MAGIC = 0xced7230a
const MAGIC_BYTES = Uint8Array.of(0x0a, 0x23, 0xd7, 0xce)

/** How a part belongs to its record: the whole, the first of several, one between, the last. */
const [WHOLE, FIRST, BETWEEN, LAST] = [0, 1, 2, 3]
const FORMS = ['a whole record', 'the first part of one', 'a part between', 'the last part']

/** A part's magic number and its length. */
const PREFIX = 8

/** Work that asks for bytes of a file on its way, and says nothing of how they come. */
export type Reads<T> = Generator<readonly [offset: number, length: number], T, Uint8Array>

/**
 * The record at `offset`, or its first `most` bytes.
 *
 * A part is the magic number 0xced7230a, a word of 3 bits of flag and 29 of length, so many bytes, and zeros up to a multiple
 * of 4; words have their lowest byte first. Where the magic number stands in a record, at a multiple of 4, the writer leaves it
 * out and begins a part; the reader puts it in again.
 * Source: dmlc-core, include/dmlc/recordio.h and src/recordio.cc.
 */
export function* record(file: ContainerFile, offset: number, most = Infinity): Reads<Uint8Array> {
  const parts: Uint8Array[] = []
  let [at, length] = [offset, 0]
  while (length < most) {
    const prefix = yield [at, PREFIX]
    const { flag, size } = prefixOf(file, at, prefix, parts.length === 0)
    const end = at + PREFIX + size
    if (end > file.size) throw file.error(at, `a part of ${size} bytes`, `a file of ${file.size}`)
    const part = yield [at + PREFIX, Math.min(size, most - length)]
    if (parts.length > 0) parts.push(MAGIC_BYTES)
    parts.push(part)
    length += part.length + (parts.length > 1 ? MAGIC_BYTES.length : 0)
    if (flag === WHOLE || flag === LAST) break
    at = end + (-size & 3)
  }
  return parts.length === 1 ? parts[0] : joined(parts, Math.min(length, most))
}

function prefixOf(
  file: ContainerFile,
  at: number,
  prefix: Uint8Array,
  first: boolean,
): { flag: number; size: number } {
  const view = new DataView(prefix.buffer, prefix.byteOffset)
  const [magic, word] = [view.getUint32(0, true), view.getUint32(4, true)]
  if (magic !== MAGIC) throw file.error(at, 'the magic number 0xced7230a', hex(magic))
  const [flag, size] = [word >>> 29, word & 0x1fffffff]
  const fits = first ? flag === WHOLE || flag === FIRST : flag === BETWEEN || flag === LAST
  if (!fits) {
    const expected = first ? `${FORMS[WHOLE]} or ${FORMS[FIRST]}` : `${FORMS[BETWEEN]} or ${FORMS[LAST]}`
    throw file.error(at + 4, expected, `flag ${flag}${FORMS[flag] === undefined ? '' : `, ${FORMS[flag]}`}`)
  }
  return { flag, size }
}

const hex = (word: number): string => `0x${word.toString(16).padStart(8, '0')}`

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    bytes.set(part.subarray(0, length - at), at)
    at += Math.min(part.length, length - at)
  }
  return bytes
}

/** The work done with bytes that come at once. */
export function readNow<T>(file: ContainerFile, work: Reads<T>): T {
  let next = work.next()
  while (!next.done) next = work.next(file.bytes(...next.value))
  return next.value
}

/** The work done with bytes that come later. */
export async function readLater<T>(file: ContainerFile, work: Reads<T>): Promise<T> {
  let next = work.next()
  while (!next.done) next = work.next(await file.read(...next.value))
  return next.value
}
