import type { Bytes } from '../../models/files.ts'

/** Somewhere inside a larger buffer, as files often are. */
function inside<B extends ArrayBufferLike>(buffer: B, bytes: Uint8Array): Uint8Array {
  const view = new Uint8Array(buffer, 3, bytes.length)
  view.set(bytes)
  return view
}

/** Each way to hold the same bytes. */
export const HOLDERS: Readonly<Record<string, (bytes: Uint8Array) => Bytes>> = {
  Uint8Array: bytes => inside(new ArrayBuffer(bytes.length + 8), bytes),
  Buffer: bytes => Buffer.from(bytes),
  Uint8ClampedArray: bytes => Uint8ClampedArray.from(bytes),
  ArrayBuffer: bytes => Uint8Array.from(bytes).buffer,
  DataView: bytes => {
    const { buffer, byteOffset, byteLength } = inside(new ArrayBuffer(bytes.length + 8), bytes)
    return new DataView(buffer, byteOffset, byteLength)
  },
  SharedArrayBuffer: bytes => {
    const shared = new SharedArrayBuffer(bytes.length)
    new Uint8Array(shared).set(bytes)
    return shared
  },
  'Uint8Array of shared memory': bytes => inside(new SharedArrayBuffer(bytes.length + 8), bytes),
  'DataView of shared memory': bytes => {
    const { buffer, byteOffset, byteLength } = inside(new SharedArrayBuffer(bytes.length + 8), bytes)
    return new DataView(buffer, byteOffset, byteLength)
  },
}
