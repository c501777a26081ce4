import type { Images } from '../../long-tail/images.ts'
import { decodeDigits } from './format.ts'

/** The lists of digits in the file at `url`, which is a gzip of `encodeDigits`. Throws when it cannot be had. */
export async function fetchDigits(url: string): Promise<Images[]> {
  const response = await fetch(url)
  if (!response.ok || response.body === null) {
    throw new Error(`the digits: ${url} expected, got status ${response.status}`)
  }
  const unpacked = response.body.pipeThrough(new DecompressionStream('gzip'))
  return decodeDigits(new Uint8Array(await new Response(unpacked).arrayBuffer()))
}
