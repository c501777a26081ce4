import { less, mul, sub, type Tensor, where } from '../../engine/index.ts'
import { seams, sinTheta, unfold } from './angle.ts'
import { checkRadians, checkScale, type Margin } from './margin.ts'

/** What stands for cos(theta + m) once theta + m is past pi, where it would rise again. */
export type Seam = 'linear' | 'continuous'

export interface ArcFaceOptions {
  /** The scale, > 0. Default 64. */
  s?: number
  /** The margin, an angle in radians, 0 <= m < pi. Default 0.5. */
  m?: number
  /** Past theta + m = pi: `linear`, the default, takes cos theta - m sin m, `continuous` -cos(theta + m) - 2. */
  seam?: Seam
}

export const arcFaceDefaults = { s: 64, m: 0.5, seam: 'linear' } as const

/** psi(theta) = cos(theta + m) = cos theta cos m - sin theta sin m, up to the seam. */
function psi(cosTheta: Tensor, m: number, seam: Seam): Tensor {
  const cosSum = sub(mul(cosTheta, Math.cos(m)), mul(sinTheta(cosTheta), Math.sin(m)))
  if (seam === 'continuous') return unfold(cosTheta, cosSum, seams(1, m))
  return where(less(cosTheta, -Math.cos(m)), sub(cosTheta, m * Math.sin(m)), cosSum)
}

/**
 * z_y = s cos(theta_y + m), z_j = s cos theta_j: ArcFace, Deng 2019, arXiv:1801.07698, equation 3.
 * The paper gives nothing for theta + m > pi: `linear` is what public versions do, and jumps there (upwards where
 * m > 2.33); `continuous` is ours. Throws unless s > 0 and 0 <= m < pi.
 */
export function arcFaceMargin(options: ArcFaceOptions = {}): Margin {
  const { s = arcFaceDefaults.s, m = arcFaceDefaults.m, seam = arcFaceDefaults.seam } = options
  checkScale('arcFace', s)
  checkRadians('arcFace', 'm', m)
  checkSeam('arcFace', seam)
  return {
    equation: 'z_y = s cos(theta_y + m), z_j = s cos theta_j',
    s,
    unitX: true,
    unitW: true,
    psi: cosTheta => psi(cosTheta, m, seam),
    kinks: [-1, ...seams(1, m), 1],
  }
}

export function checkSeam(op: string, seam: string): void {
  if (seam !== 'linear' && seam !== 'continuous') {
    throw new Error(`${op}: seam is linear or continuous, got ${seam}`)
  }
}
