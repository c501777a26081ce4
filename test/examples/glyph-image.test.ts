import { describe, expect, test } from 'vitest'
import type { Segments } from '../../examples/glyph-reid/raster/flatten.ts'
import { BOX, drawGlyph, SIDE } from '../../examples/glyph-reid/raster/glyph.ts'

describe('the image of a glyph', () => {
  /** The outline of a rectangle, edge by edge. */
  const box = (w: number, h: number): Segments => {
    const [x0, y0, x1, y1] = [100, 50, 100 + w, 50 + h]
    return [...[x0, y0, x1, y0], ...[x1, y0, x1, y1], ...[x1, y1, x0, y1], ...[x0, y1, x0, y0]]
  }
  const inked = (image: Uint8Array): number[] => {
    const on = [...image.entries()].filter(([, v]) => v > 0).map(([i]) => i)
    const [xs, ys] = [on.map(i => i % SIDE), on.map(i => Math.floor(i / SIDE))]
    return [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  }

  test('fills the box with its longer side, centred', () => {
    const edge = (SIDE - BOX) / 2
    expect(inked(drawGlyph(box(500, 500), 1000)!)).toEqual([edge, SIDE - edge - 1, edge, SIDE - edge - 1])
    expect(inked(drawGlyph(box(250, 500), 1000)!)).toEqual([8, 19, edge, SIDE - edge - 1])
    expect(inked(drawGlyph(box(500, 250), 1000)!)).toEqual([edge, SIDE - edge - 1, 8, 19])
  })

  test('does not depend on size and place, nor on the turn of the contour', () => {
    const image = drawGlyph(box(300, 700), 1000)!
    expect(
      drawGlyph(
        box(300, 700).map(v => 2 * v + 64),
        2000,
      ),
    ).toEqual(image)
    const turned = drawGlyph(box(-300, 700), 1000)!
    // Sums in another order: a grey may round the other way.
    for (const [i, grey] of turned.entries()) expect(Math.abs(grey - image[i])).toBeLessThanOrEqual(1)
  })

  test('small glyphs stay small', () => {
    // 110 of 1000 units: half of .22 em, so half of the box.
    expect(inked(drawGlyph(box(110, 110), 1000)!)).toEqual([8, 19, 8, 19])
  })

  test('nothing to draw gives no image', () => {
    expect(drawGlyph([], 1000)).toBeUndefined()
    expect(drawGlyph(box(0, 500), 1000)).toBeUndefined()
    expect(drawGlyph(box(500, 0), 1000)).toBeUndefined()
    // A hairline across the box: less than a pixel of ink.
    expect(drawGlyph(box(500, 0.5), 1000)).toBeUndefined()
  })
})
