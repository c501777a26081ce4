import type { PathCommand } from 'opentype.js'

/** Lines that an arc becomes; at 22 pixels a glyph more make no difference to the eye. */
const LINES = 6

/** Directed line segments, four numbers each: x and y of the start, x and y of the end. */
export type Segments = readonly number[]

interface Point {
  readonly x: number
  readonly y: number
}

/** A path of closed contours as polygons. */
export function flatten(path: readonly PathCommand[]): Segments {
  const segments: number[] = []
  let start: Point = { x: 0, y: 0 }
  let from = start
  // The first command's lines come last: the order decides the last bit of a pixel's sum, and so the data set's hash.
  let first: number[] | undefined
  for (const command of path) {
    if (command.type === 'M') {
      start = from = command
      first = undefined
      continue
    }
    const lines: number[] = []
    for (const to of command.type === 'Z' ? [start] : pointsOf(from, command)) {
      if (to.x !== from.x || to.y !== from.y) lines.push(from.x, from.y, to.x, to.y)
      from = to
    }
    if (first === undefined) first = lines
    else segments.push(...lines)
    if (command.type === 'Z') segments.push(...first)
  }
  return segments
}

/** Where the lines end that stand for a line or a Bézier arc from `a`, at t = 1/6, 2/6, ... */
function pointsOf(a: Point, command: Exclude<PathCommand, { type: 'M' | 'Z' }>): Point[] {
  if (command.type === 'L') return [command]
  return Array.from({ length: LINES }, (_, k) => {
    const t = (k + 1) / LINES
    const u = 1 - t
    const { x1, y1, x, y } = command
    if (command.type === 'Q') {
      return { x: u * u * a.x + 2 * u * t * x1 + t * t * x, y: u * u * a.y + 2 * u * t * y1 + t * t * y }
    }
    const weights = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t]
    const sum = (...values: number[]): number => values.reduce((total, v, i) => total + weights[i] * v, 0)
    return { x: sum(a.x, x1, command.x2, x), y: sum(a.y, y1, command.y2, y) }
  })
}
