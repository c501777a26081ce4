import type { Ellipsoid } from './head.ts'
import type { Vector } from './vector.ts'

/** Where a ray meets: which ellipsoid, and the point. */
export interface Hit {
  readonly index: number
  readonly point: Vector
}

/** Finds where parallel rays first meet any of `ellipsoids`: along origin + t direction, t from -infinity. */
export function rays(
  ellipsoids: readonly Ellipsoid[],
  direction: Vector,
): (x: number, y: number, z: number) => Hit | undefined {
  // In each ellipsoid's own axes, in which it is the unit sphere; what all rays share is computed once.
  const spheres = ellipsoids.map(({ center, radii, has }) => {
    const [dx, dy, dz] = [direction[0] / radii[0], direction[1] / radii[1], direction[2] / radii[2]]
    return { center, radii, has, dx, dy, dz, a: dx * dx + dy * dy + dz * dz }
  })
  return (x, y, z) => {
    let nearest = Number.POSITIVE_INFINITY
    let index = -1
    for (let i = 0; i < spheres.length; i++) {
      const { center, radii, has, dx, dy, dz, a } = spheres[i]
      const ox = (x - center[0]) / radii[0]
      const oy = (y - center[1]) / radii[1]
      const oz = (z - center[2]) / radii[2]
      const b = ox * dx + oy * dy + oz * dz
      const inside = b * b - a * (ox * ox + oy * oy + oz * oz - 1)
      if (inside < 0) continue
      const t = (-b - Math.sqrt(inside)) / a
      if (t >= nearest) continue
      if (has?.(x + t * direction[0], y + t * direction[1], z + t * direction[2]) === false) continue
      nearest = t
      index = i
    }
    if (index < 0) return undefined
    const point: Vector = [x + nearest * direction[0], y + nearest * direction[1], z + nearest * direction[2]]
    return { index, point }
  }
}
