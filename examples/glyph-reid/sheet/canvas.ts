import type { Font } from '../font.ts'
import { coverage } from '../raster/coverage.ts'
import { flatten } from '../raster/flatten.ts'
import { greys } from '../raster/glyph.ts'

/** White paper, [height, width], to put ink on. */
export class Canvas {
  readonly pixels: Uint8Array

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.pixels = new Uint8Array(width * height).fill(255)
  }

  /** An image of ink (255 is black) at x, y, each pixel `scale` wide; what lies outside is cut off. */
  paste(ink: Uint8Array, width: number, x: number, y: number, scale = 1): void {
    const height = ink.length / width
    for (let v = 0; v < Math.min(height * scale, this.height - y); v++) {
      for (let u = 0; u < Math.min(width * scale, this.width - x); u++) {
        const at = (y + v) * this.width + x + u
        this.pixels[at] = Math.max(
          0,
          this.pixels[at] - ink[Math.floor(v / scale) * width + Math.floor(u / scale)],
        )
      }
    }
  }

  /** A line of text, its capitals' feet at `baseline`. Characters that the font lacks are left out. */
  write(font: Font, text: string, x: number, baseline: number, size: number): void {
    const width = this.width - x
    const height = 2 * size
    const scale = size / font.unitsPerEm
    const within = (v: number, most: number): number => Math.min(most, Math.max(0, v))
    const segments: number[] = []
    let pen = 0
    for (const character of text) {
      const glyph = font.characters.get(character.codePointAt(0)!)
      if (glyph === undefined) continue
      for (const [i, v] of flatten(glyph.path.commands).entries()) {
        segments.push(i % 2 === 0 ? within(pen + v * scale, width) : within(1.5 * size - v * scale, height))
      }
      pen += (glyph.advanceWidth ?? 0) * scale
    }
    this.paste(greys(coverage(segments, width, height)), width, x, baseline - Math.round(1.5 * size))
  }
}
