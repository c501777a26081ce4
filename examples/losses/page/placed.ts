export interface Label {
  readonly text: string
  readonly color: string
  /** Of its point, in pixels. */
  readonly x: number
  readonly y: number
}

export interface Placed {
  readonly text: string
  readonly color: string
  /** Of the text's box, in pixels. */
  readonly left: number
  readonly right: number
  readonly top: number
  /** Does the text end at the right of its box, towards its point? */
  readonly before: boolean
}

interface Frame {
  readonly width: number
  readonly height: number
  readonly margin: {
    readonly top: number
    readonly right: number
    readonly bottom: number
    readonly left: number
  }
  /** Height of the letters. */
  readonly font: number
  /** Of the points. */
  readonly radius: number
}

/** Width of a letter of a sans-serif font, in its heights: wide ones too. */
const LETTER = 0.62
const GAP = 3

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Places for the names of points, the first first: right, left, above or below, wherever the name lies within the frame, on no point and
 * on no other name; names without such a place are left out.
 */
export function placed(labels: readonly Label[], { width, height, margin, font, radius }: Frame): Placed[] {
  const taken: Box[] = labels.map(({ x, y }) => boxOf(x - radius, y - radius, 2 * radius, 2 * radius))
  const inside = (box: Box): boolean =>
    box.left >= margin.left &&
    box.right <= width - margin.right &&
    box.top >= margin.top &&
    box.bottom <= height - margin.bottom
  return labels.flatMap(({ text, color, x, y }) => {
    const wide = LETTER * font * text.length
    const off = radius + GAP
    const places = [
      [x + off, y - font / 2],
      [x - off - wide, y - font / 2],
      [x - wide / 2, y - off - font],
      [x - wide / 2, y + off],
      [x + off / 2, y - off - font],
      [x + off / 2, y + off],
      [x - off / 2 - wide, y - off - font],
      [x - off / 2 - wide, y + off],
    ]
    const box = places
      .map(([left, top]) => boxOf(left, top, wide, font))
      .find(one => inside(one) && !taken.some(other => overlap(one, other)))
    if (box === undefined) return []
    taken.push(box)
    return [{ text, color, left: box.left, right: box.right, top: box.top, before: box.right < x }]
  })
}

const boxOf = (left: number, top: number, width: number, height: number): Box => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
})

export const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
