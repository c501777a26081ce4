import { coverage } from './coverage.ts'
import type { Segments } from './flatten.ts'

/** Pixels of an image's side, and of the box that its glyph fills. */
export const SIDE = 28
export const BOX = 22
export const PIXELS = SIDE * SIDE

/** A glyph smaller than this part of an em does not fill the box: a full stop stays smaller than a disc. */
const LEAST_EM = 0.22

/**
 * The image of a glyph: [28, 28] greys, 255 for ink, its bounding box centred, the longer side 22 pixels. Undefined
 * where there is next to no ink (less than a pixel of it).
 */
export function drawGlyph(segments: Segments, unitsPerEm: number): Uint8Array | undefined {
  const fitted = fit(segments, unitsPerEm)
  if (fitted === undefined) return undefined
  const image = greys(coverage(fitted, SIDE, SIDE))
  return image.reduce((ink, grey) => ink + grey, 0) > 255 ? image : undefined
}

/** Coverage as greys, 0 to 255; overlapping contours of one direction are ink once. */
export function greys(areas: Float64Array): Uint8Array {
  // A loop: Uint8Array.from with a function took as long as reading and drawing together.
  const image = new Uint8Array(areas.length)
  for (let i = 0; i < areas.length; i++) image[i] = Math.round(255 * Math.min(1, Math.abs(areas[i])))
  return image
}

/** From font units, y upwards, to pixels, y downwards. */
function fit(segments: Segments, unitsPerEm: number): number[] | undefined {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let i = 0; i < segments.length; i += 2) {
    left = Math.min(left, segments[i])
    right = Math.max(right, segments[i])
    bottom = Math.min(bottom, segments[i + 1])
    top = Math.max(top, segments[i + 1])
  }
  if (!(right > left && top > bottom)) return undefined
  const scale = BOX / Math.max(right - left, top - bottom, LEAST_EM * unitsPerEm)
  const x0 = SIDE / 2 - (scale * (left + right)) / 2
  const y0 = SIDE / 2 + (scale * (bottom + top)) / 2
  return segments.map((v, i) => (i % 2 === 0 ? v * scale + x0 : y0 - v * scale))
}
