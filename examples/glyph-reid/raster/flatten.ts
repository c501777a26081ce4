import type { Contour } from '../font/glyf.ts'

/** Lines that a quadratic arc becomes; at 22 pixels a glyph more make no difference to the eye. */
const LINES = 6

/** Directed line segments, four numbers each: x and y of the start, x and y of the end. */
export type Segments = readonly number[]

/** The contours as closed polygons: between two control points lies a point of the curve, halfway. */
export function flatten(contours: readonly Contour[]): Segments {
  const segments: number[] = []
  for (const contour of contours) if (contour.x.length > 1) polygon(explicit(contour), segments)
  return segments
}

interface Point {
  readonly x: number
  readonly y: number
  readonly on: boolean
}

/** The points with those between two control points written out, from the first that is on the curve. */
function explicit({ x, y, on }: Contour): Point[] {
  const points: Point[] = []
  for (let i = 0; i < x.length; i++) {
    const next = (i + 1) % x.length
    points.push({ x: x[i], y: y[i], on: on[i] })
    if (!on[i] && !on[next]) points.push({ x: (x[i] + x[next]) / 2, y: (y[i] + y[next]) / 2, on: true })
  }
  const first = points.findIndex(p => p.on)
  return [...points.slice(first), ...points.slice(0, first)]
}

function polygon(points: readonly Point[], segments: number[]): void {
  let from = points[0]
  const line = (x: number, y: number): void => {
    segments.push(from.x, from.y, x, y)
    from = { x, y, on: true }
  }
  for (let i = 1; i <= points.length; i++) {
    const p = points[i % points.length]
    if (p.on) line(p.x, p.y)
    else arc(from, p, points[++i % points.length], line)
  }
}

/** (1 - t)^2 a + 2 (1 - t) t b + t^2 c at t = 1/6, 2/6, ... */
function arc(a: Point, b: Point, c: Point, line: (x: number, y: number) => void): void {
  for (let k = 1; k <= LINES; k++) {
    const t = k / LINES
    const u = 1 - t
    line(u * u * a.x + 2 * u * t * b.x + t * t * c.x, u * u * a.y + 2 * u * t * b.y + t * t * c.y)
  }
}
