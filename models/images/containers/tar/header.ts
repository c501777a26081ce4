import type { ContainerFile } from '../containerFile.ts'

/** A header's block, and what the size of each body is rounded up to. */
export const BLOCK = 512

export interface TarHeader {
  readonly name: string
  readonly size: number
  /** One character: 0 or NUL is a file. */
  readonly type: string
}

/**
 * The header of an entry: undefined where the block is zeros, which end an archive.
 * name[0..99], size[124..135] in octal, or, with a first bit of 1, in binary with the highest byte first; the sum of all bytes,
 * those of the sum itself taken as blanks, [148..155]; type[156]; in ustar the beginning of a long name [345..499].
 * Source: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format" and "GNU Extensions", of the
 * binary size.
 */
export function tarHeader(file: ContainerFile, at: number, block: Uint8Array): TarHeader | undefined {
  if (block.every(byte => byte === 0)) return undefined
  const sum = block.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0)
  const stated = octal(block.subarray(148, 156))
  if (stated !== sum) throw file.error(at + 148, `a header of the sum ${sum}`, `${stated ?? 'no number'}`)
  const size = sizeOf(block.subarray(124, 136))
  if (size === undefined) throw file.error(at + 124, 'a size in octal or binary', 'something else')
  // GNU's own format, `ustar` and two blanks, has other fields there.
  const prefix = textIn(block.subarray(257, 263)) === 'ustar' ? textIn(block.subarray(345, 500)) : ''
  const name = textIn(block.subarray(0, 100))
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size,
    type: String.fromCharCode(block[156]),
  }
}

/** UTF-8 up to the first NUL. */
export function textIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end))
}

function octal(bytes: Uint8Array): number | undefined {
  const digits = /^ *([0-7]+)[ \0]*$/.exec(String.fromCharCode(...bytes))?.[1]
  return digits === undefined ? undefined : Number.parseInt(digits, 8)
}

function sizeOf(bytes: Uint8Array): number | undefined {
  if (bytes[0] !== 0x80) return octal(bytes)
  return bytes.subarray(1).reduce((size, byte) => size * 256 + byte, 0)
}
