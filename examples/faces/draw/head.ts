import type { Capture } from './capture.ts'
import { step } from './color.ts'
import type { Identity } from './identity.ts'
import type { Vector } from './vector.ts'

export type Part = 'skin' | 'nose' | 'ear' | 'hair' | 'hat' | 'shirt'

/** ((x - cx) / rx)^2 + ((y - cy) / ry)^2 + ((z - cz) / rz)^2 = 1, of which a point counts where `has` says so. */
export interface Ellipsoid {
  readonly part: Part
  readonly center: Vector
  readonly radii: Vector
  has?(x: number, y: number, z: number): boolean
}

/** A head, its hair and its shoulders; the skull is first, the jaw second. */
export function headOf(identity: Identity, capture: Capture): readonly Ellipsoid[] {
  const { skull, jaw, ears, nose, hair } = identity
  const { width, height } = skull
  const hairline = (x: number, y: number, z: number): boolean => {
    const front = hair.line + capture.fringe - 0.35 * (x - hair.parting) ** 2
    return y > (z > 0 ? front : -0.75) - 0.5 * Math.max(0, Math.abs(x) - 0.55)
  }
  const ear = (side: number): Ellipsoid => ({
    part: 'ear',
    center: [side * (width + 0.02), ears.height, -0.05],
    radii: [0.09, ears.size, ears.size * 0.6],
  })
  const grown = (by: number): Vector => [width * by, height * by, 0.92 * by]
  return [
    { part: 'skin', center: [0, 0.1, 0], radii: [width, height * 0.92, 0.92] },
    { part: 'skin', center: [0, -0.38, 0.12], radii: [jaw.width, jaw.length, jaw.depth] },
    {
      part: 'nose',
      center: [0, nose.height, 0.84],
      radii: [nose.width / 2, nose.length / 2, nose.depth],
    },
    {
      part: 'nose',
      center: [0, nose.height - nose.length * 0.3, 0.86],
      radii: [nose.width, nose.length * 0.26, nose.depth * 0.75],
    },
    ear(-1),
    ear(1),
    { part: 'hair', center: [0, 0.14, -0.04], radii: grown(hair.volume), has: hairline },
    { part: 'hat', center: [0, 0.16, -0.02], radii: grown(1.2), has: (_, y) => y > capture.hat },
    { part: 'skin', center: [0, -1.5, -0.25], radii: [0.42, 1, 0.42] },
    { part: 'shirt', center: [0, -2.25, -0.4], radii: [1.7, 0.95, 0.7] },
  ]
}

/**
 * Which way the surface looks at a point of the head's ellipsoid i, at any length. Over the cheeks the skull's way turns into the
 * jaw's, so that there is no crease where they meet.
 */
export function normalAt(head: readonly Ellipsoid[], i: number, point: Vector): Vector {
  const own = slope(head[i], point)
  if (i > 1 || point[2] < 0) return own
  const share = step(-0.12 - point[1], 0.8)
  const [skull, jaw] = [slope(head[0], point), slope(head[1], point)]
  return [
    skull[0] + share * (jaw[0] - skull[0]),
    skull[1] + share * (jaw[1] - skull[1]),
    skull[2] + share * (jaw[2] - skull[2]),
  ]
}

const slope = ({ center, radii }: Ellipsoid, point: Vector): Vector => [
  (point[0] - center[0]) / radii[0] ** 2,
  (point[1] - center[1]) / radii[1] ** 2,
  (point[2] - center[2]) / radii[2] ** 2,
]
