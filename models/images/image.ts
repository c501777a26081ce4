/** An image as bytes, red, green and blue of each pixel in turn, row by row. */
export interface Image {
  readonly height: number
  readonly width: number
  readonly rgb: Uint8Array
}

/** An image as its file holds it. */
export interface StoredImage extends Image {
  /** How it is to be turned to stand upright, 1 to 8, as Exif says it. */
  readonly orientation: number
}

/** An image that may be whole, and is not read: its error is said as it stands, not as damage. */
export class UnsupportedImage extends Error {}

/** The default of `maxPixels`. As floats of three channels so many take 1.2 GB; a phone's photo has 12 to 50 million. */
export const MAX_PIXELS = 100_000_000

/** Grey of a colour: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601). */
export const luma = (r: number, g: number, b: number): number => 0.299 * r + 0.587 * g + 0.114 * b

/** Throws when an image declares no pixels, or more than `maxPixels`: before any memory is taken for them. */
export function checkPixels(height: number, width: number, maxPixels: number): void {
  if (height === 0 || width === 0) {
    throw new Error(`${width} x ${height} pixels`)
  }
  if (height * width > maxPixels) {
    const [got, most] = [height * width, maxPixels].map(n => n.toLocaleString('en'))
    throw new UnsupportedImage(
      `at most ${most} pixels expected (option maxPixels), got ${width} x ${height} = ${got}`,
    )
  }
}
