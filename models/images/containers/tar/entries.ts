import type { ContainerFile } from '../containerFile.ts'
import { BLOCK, type TarHeader, tarHeader, textIn } from './header.ts'

/** A file in an archive, and where its bytes are. */
export interface TarEntry {
  readonly name: string
  readonly offset: number
  readonly size: number
}

/** No header of records, and no name, is longer. */
const LONGEST = 2 ** 20

/** Types whose bodies say something of the entry that follows: pax, of one and of all; GNU, a long name and a long link. */
const [PAX, PAX_ALL, LONG_NAME, LONG_LINK] = ['x', 'g', 'L', 'K']
const FILES = ['0', '\0', '7']

/**
 * The files of a tar archive in their order: ustar, pax and GNU's long names; folders and links are passed over. Bodies are not
 * read. An archive ends with a block of zeros, or with the file (as one that was cut between two entries).
 */
export function* tarEntries(file: ContainerFile): Generator<TarEntry> {
  checkUnpacked(file)
  let at = 0
  let told: Partial<Pick<TarEntry, 'name' | 'size'>> = {}
  while (at < file.size) {
    const header = tarHeader(file, at, file.bytes(at, BLOCK))
    if (header === undefined) break
    const body = at + BLOCK
    const { type } = header
    if ([PAX, PAX_ALL, LONG_NAME, LONG_LINK].includes(type)) {
      const bytes = bodyOf(file, at, header)
      if (type === PAX) told = { ...told, ...paxRecords(file, body, bytes) }
      else if (type === LONG_NAME) told = { ...told, name: textIn(bytes) }
      at = body + padded(header.size)
      continue
    }
    const { name, size } = { name: header.name, size: header.size, ...told }
    checkBody(file, at, size)
    if (FILES.includes(type) && !name.endsWith('/')) yield { name, size, offset: body }
    // Links and folders have no body, whatever their size says.
    at = body + (FILES.includes(type) || !/[1-6]/.test(type) ? padded(size) : 0)
    told = {}
  }
}

function checkUnpacked(file: ContainerFile): void {
  const [a, b] = file.size < 2 ? [] : file.bytes(0, 2)
  if (a === 0x1f && b === 0x8b)
    throw file.error(0, 'a tar archive', 'a gzipped file (unpack it once: gunzip)')
}

const padded = (size: number): number => Math.ceil(size / BLOCK) * BLOCK

function checkBody(file: ContainerFile, at: number, size: number): void {
  const left = file.size - at - BLOCK
  if (size > left) throw file.error(at + 124, `a size of at most ${left} bytes`, `${size}`)
}

function bodyOf(file: ContainerFile, at: number, { size }: TarHeader): Uint8Array {
  checkBody(file, at, size)
  if (size > LONGEST) throw file.error(at + 124, `records of at most ${LONGEST} bytes`, `${size}`)
  return file.bytes(at + BLOCK, size)
}

/**
 * Of records `length keyword=value\n`, with the length of the whole in decimal, what matters here: path and size.
 * Source: POSIX.1-2017, pax, "pax Extended Header".
 */
function paxRecords(file: ContainerFile, at: number, bytes: Uint8Array): Partial<TarEntry> {
  const told: { name?: string; size?: number } = {}
  for (let from = 0; from < bytes.length; ) {
    const blank = bytes.indexOf(32, from)
    const digits = blank < 0 ? '' : textIn(bytes.subarray(from, Math.min(blank, from + 9)))
    const end = from + (/^\d+$/.test(digits) ? Number(digits) : 0)
    const equals = bytes.indexOf(61, blank)
    if (!(blank > from && equals > blank && equals < end && end <= bytes.length && bytes[end - 1] === 10)) {
      throw file.error(
        at + from,
        'a record "length keyword=value"',
        JSON.stringify(textIn(bytes.subarray(from, from + 40))),
      )
    }
    const keyword = textIn(bytes.subarray(blank + 1, equals))
    const value = new TextDecoder().decode(bytes.subarray(equals + 1, end - 1))
    if (keyword === 'path') told.name = value
    if (keyword === 'size') told.size = sizeOf(file, at + from, value)
    from = end
  }
  return told
}

function sizeOf(file: ContainerFile, at: number, value: string): number {
  if (/^\d{1,15}$/.test(value)) return Number(value)
  throw file.error(at, 'a size in decimal', JSON.stringify(value))
}
