/** An image as bytes, red, green and blue of each pixel in turn, row by row. */
export interface Image {
  readonly height: number
  readonly width: number
  readonly rgb: Uint8Array
}

/** An image as its file holds it. */
export interface Stored extends Image {
  /** How it is to be turned to stand upright, 1 to 8, as Exif says it. */
  readonly orientation: number
}
