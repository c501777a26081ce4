import { inflateSync } from 'node:zlib'
import { broken, UnreadableFont } from './unreadable.ts'

const TRUE_TYPE = [0x00010000, 0x74727565]
const WOFF = 0x774f4646
const CFF = 0x4f54544f

interface Entry {
  readonly tag: string
  readonly offset: number
  /** Bytes in the file. */
  readonly stored: number
  /** Bytes of the table, more than `stored` where it is compressed. */
  readonly length: number
}

/**
 * The tables of a TrueType file, bare or as WOFF 1.0 (each table deflated by itself, https://www.w3.org/TR/WOFF/).
 * Throws UnreadableFont on CFF outlines, WOFF2, collections, and files that end too early.
 */
export function readTables(file: Buffer, wanted: readonly string[]): Map<string, Buffer> {
  const signature = file.readUInt32BE(0)
  const woff = signature === WOFF
  const flavour = woff ? file.readUInt32BE(4) : signature
  if (flavour === CFF) throw new UnreadableFont('CFF outlines', 'TrueType outlines expected')
  if (!TRUE_TYPE.includes(flavour)) {
    throw new UnreadableFont('another format', `WOFF or TrueType expected, got 0x${flavour.toString(16)}`)
  }
  const entries = woff ? woffEntries(file) : trueTypeEntries(file)
  return new Map(entries.filter(e => wanted.includes(e.tag)).map(e => [e.tag, contentOf(file, e)]))
}

function woffEntries(file: Buffer): Entry[] {
  return Array.from({ length: file.readUInt16BE(12) }, (_, i) => {
    const at = 44 + 20 * i
    const [offset, stored, length] = [4, 8, 12].map(skip => file.readUInt32BE(at + skip))
    return { tag: tagAt(file, at), offset, stored, length }
  })
}

function trueTypeEntries(file: Buffer): Entry[] {
  return Array.from({ length: file.readUInt16BE(4) }, (_, i) => {
    const at = 12 + 16 * i
    const [offset, length] = [8, 12].map(skip => file.readUInt32BE(at + skip))
    return { tag: tagAt(file, at), offset, stored: length, length }
  })
}

const tagAt = (file: Buffer, at: number): string => file.toString('latin1', at, at + 4)

function contentOf(file: Buffer, { tag, offset, stored, length }: Entry): Buffer {
  if (offset + stored > file.length) {
    broken(`table ${tag}: ${offset + stored} bytes of file expected, got ${file.length}`)
  }
  const bytes = file.subarray(offset, offset + stored)
  return stored < length ? inflateSync(bytes, { maxOutputLength: length }) : bytes
}
