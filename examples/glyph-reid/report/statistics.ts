import { meanOf } from '../train/summary.ts'

/** The standard deviation of the population that the values are drawn from; NaN for one value. */
export function deviation(values: readonly number[]): number {
  const middle = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2
}

/** The least and the largest; also of more values than a call takes arguments. */
export const extent = (values: readonly number[]): [least: number, largest: number] =>
  values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity])

/** The y at x of the polyline through points of ascending x, level beyond its ends. */
export function interpolate(points: readonly (readonly [x: number, y: number])[], x: number): number {
  const after = points.findIndex(point => point[0] >= x)
  if (after < 0) return points[points.length - 1][1]
  const [x1, y1] = points[after]
  if (after === 0 || x1 === x) return y1
  const [x0, y0] = points[after - 1]
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0)
}
