import { checkOptions, type OptionNames, shownName } from '../../engine/check.ts'
import { less, mul, sub, type Tensor, where } from '../../engine/index.ts'
import type { ClassIndices } from '../labels.ts'
import { seams, unfold } from './angle.ts'
import { checkRadians, checkScale, type Margin } from './margin.ts'
import { allOf, checkEach, classesOf, ofLabels, type PerClass } from './perClass.ts'
import type { Angle } from './theta.ts'

/** What stands for cos(theta + m) once theta + m is past pi, where it would rise again. */
export type Seam = 'linear' | 'continuous'

export interface ArcFaceOptions {
  /** The scale, > 0. Default 64. */
  s?: number
  /** The margin, an angle in radians, 0 <= m < pi; or one for each class. Default 0.5. */
  m?: PerClass
  /** Past theta + m = pi: `linear`, the default, takes cos theta - m sin m, `continuous` -cos(theta + m) - 2. */
  seam?: Seam
}

export const ARC_FACE_OPTIONS = {
  s: ['scale'],
  m: ['margin', 'm2'],
  seam: ['easyMargin'],
} satisfies OptionNames<ArcFaceOptions>

export const arcFaceDefaults = { s: 64, m: 0.5, seam: 'linear' } as const

/** psi(theta) = cos(theta + m) = cos theta cos m - sin theta sin m, up to the seam; m is that of the label. */
function psi({ cosTheta, sinTheta }: Angle, y: ClassIndices | undefined, m: PerClass, seam: Seam): Tensor {
  const own = (f: (m: number) => number) => ofLabels(m, y, cosTheta, f)
  const cosSum = sub(mul(cosTheta, own(Math.cos)), mul(sinTheta, own(Math.sin)))
  if (seam === 'continuous') return unfold(cosTheta, cosSum, [own(seamOf)])
  return where(less(cosTheta, own(seamOf)), sub(cosTheta, own(dropOf)), cosSum)
}

/** The cosine of the angle past which theta + m is over pi; none where m = 0, and no cosine is less. */
const seamOf = (m: number): number => (m === 0 ? -2 : -Math.cos(m))
const dropOf = (m: number): number => m * Math.sin(m)

/**
 * z_y = s cos(theta_y + m), z_j = s cos theta_j: ArcFace, Deng 2019, arXiv:1801.07698, equation 3.
 * The paper gives nothing for theta + m > pi: `linear` is what public versions do, and jumps there (upwards where
 * m > 2.33); `continuous` is ours, and so is m_y for m, where each class has its own. Throws unless
 * s > 0 and 0 <= m < pi.
 */
export function arcFaceMargin(options: ArcFaceOptions = {}): Margin {
  checkOptions('arcFace', options, ARC_FACE_OPTIONS)
  const { s = arcFaceDefaults.s, m = arcFaceDefaults.m, seam = arcFaceDefaults.seam } = options
  checkScale('arcFace', s)
  checkEach('arcFace', m, checkRadians)
  checkSeam('arcFace', seam)
  return {
    equation: 'z_y = s cos(theta_y + m), z_j = s cos theta_j',
    s,
    unitX: true,
    unitW: true,
    psi: (angle, y) => psi(angle, y, m, seam),
    kinks: [-1, ...allOf(m).flatMap(own => seams(1, own)), 1],
    classes: classesOf(m),
  }
}

export function checkSeam(op: string, seam: string): void {
  if (seam !== 'linear' && seam !== 'continuous') {
    throw new Error(`${op}: seam is linear or continuous, got ${shownName(seam)}`)
  }
}
