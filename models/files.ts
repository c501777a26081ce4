import { refusal, shown } from '../engine/check.ts'

/** A file's bytes, however they are held: a `Uint8Array` (a `Buffer` of Node is one), an `ArrayBuffer`, a `DataView`. */
export type Bytes = Uint8Array | Uint8ClampedArray | DataView | ArrayBufferLike

const VIEWS = ['Uint8Array', 'Uint8ClampedArray', 'DataView']
const BUFFERS = ['ArrayBuffer', 'SharedArrayBuffer']

/**
 * The same bytes as a `Uint8Array`, not copied. Throws on all else: the elements of a `Float32Array` are numbers, and
 * whether their bytes are meant, `new Uint8Array(x.buffer)` tells. `what` opens the error.
 */
export function bytesOf(what: string, value: Bytes): Uint8Array {
  // By tag: those of another realm, as a frame's or a vm's, are no instances of ours. A Buffer's tag is Uint8Array.
  const tag = Object.prototype.toString.call(value).slice('[object '.length, -1)
  if (BUFFERS.includes(tag)) return new Uint8Array(value as ArrayBufferLike)
  if (ArrayBuffer.isView(value) && VIEWS.includes(tag)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  const hint = typeof value === 'string' ? ' (a file is read first: readFileSync, fetch)' : ''
  throw new Error(`${what}: bytes (Uint8Array, ArrayBuffer or DataView) expected, got ${shown(value)}${hint}`)
}

/** The option `file` names the bytes in errors: a text, or left out. */
export function checkFileName(op: string, file: unknown): void {
  if (file !== undefined && typeof file !== 'string') throw refusal(op, 'file as a name', file)
}

/** What Windows and network drives leave in folders, beside the names that begin with a dot. */
const STRAYS = ['thumbs.db', 'ehthumbs.db', 'desktop.ini', '__macosx', '@eadir', '$recycle.bin']

/**
 * Is it a name that systems leave in folders, and no one's file? Hidden names, `.DS_Store` and a Mac's `._0001.jpg` among
 * them, `__MACOSX`, `Thumbs.db`, `desktop.ini`.
 */
export const isStray = (name: string): boolean => name.startsWith('.') || STRAYS.includes(name.toLowerCase())

/** A name as it was meant, of a list that a byte order mark begins (white space, to `trim`) or whose lines end in CR LF. */
export const plainName = (name: string): string => name.trim()
