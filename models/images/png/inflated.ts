import { inflateSync } from 'node:zlib'

/** Deflate's best: 258 bytes by two bits. */
const MOST_BY_A_BYTE = 1032

/**
 * What `data` unpacks to, of exactly `length` bytes: less is an error, and so is more, which is never unpacked. Data too
 * short to hold so much by any means is refused before memory is taken.
 */
export function inflated(data: Uint8Array, length: number): Uint8Array {
  const declared = `${length} bytes of pixels declared`
  if (length > MOST_BY_A_BYTE * data.length) {
    throw new Error(`${declared}, and ${data.length} of data, which cannot hold them`)
  }
  let unpacked: Uint8Array
  try {
    // One more than declared, so that all of them are in one piece.
    unpacked = inflateSync(data, { maxOutputLength: length, chunkSize: Math.max(length + 1, 64) })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw error
    throw new Error(`${declared}, and data of more`)
  }
  if (unpacked.length !== length) throw new Error(`${declared}, and data of ${unpacked.length}`)
  return unpacked
}
