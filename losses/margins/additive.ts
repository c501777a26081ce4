import { checkOptions, type OptionNames, refusal, shown, shownName } from '../../engine/check.ts'
import { cos, less, mul, neg, sin, sub, type Tensor, tensor, where } from '../../engine/index.ts'
import { type ClassIndices, isNumbers } from '../labels.ts'
import { type Angle, cosinesAtPi, decreasingCos } from './angle.ts'
import { type Margin, type Scale, scaleOf, symbolOf } from './margin.ts'

export interface CosFaceOptions {
  /** The scale, > 0; or `norm` for ‖x‖. Default 30, over class centres `norm`. */
  s?: Scale
  /** The margin, a difference of cosines, 0 to 2; or one for each class, as of `ldamMargins`. Default 0.35. */
  m?: PerClass
}

export const COS_FACE_OPTIONS = {
  s: ['scale'],
  m: ['margin', 'm3'],
} satisfies OptionNames<CosFaceOptions>

export const cosFaceDefaults = { s: 30, m: 0.35 } as const

/**
 * z_y = s (cos theta_y - m), z_j = s cos theta_j: AM-Softmax, Wang 2018, arXiv:1801.05599, and CosFace, Wang 2018,
 * arXiv:1801.09414, section 3.1. With a margin for each class, z_y = s (cos theta_y - m_y), Cao 2019, arXiv:1906.07413.
 * Throws unless s > 0 and 0 <= m <= 2.
 */
export function cosFaceMargin(options: CosFaceOptions = {}): Margin {
  checkOptions('cosFace', options, COS_FACE_OPTIONS)
  const { s = cosFaceDefaults.s, m = cosFaceDefaults.m } = options
  checkEach('cosFace', m, checkCosine)
  return {
    equation: `z_y = ${symbolOf(s)} (cos theta_y - m), z_j = ${symbolOf(s)} cos theta_j`,
    ...scaleOf('cosFace', s),
    unitW: true,
    psi: ({ cosTheta }, y) => sub(cosTheta, ofLabels(m, y, cosTheta)),
    nonsmoothAt: [],
    classes: classesOf(m),
  }
}

/** What stands for cos(theta + m) once theta + m is past pi, where it would rise again. */
export type BeyondPi = 'linear' | 'continuous'

export interface ArcFaceOptions {
  /** The scale, > 0; or `norm` for ‖x‖. Default 64, over class centres `norm`. */
  s?: Scale
  /** The margin, an angle in radians, 0 <= m < pi; or one for each class, as of `dynamicMargins`. Default 0.5. */
  m?: PerClass
  /** Past theta + m = pi: `linear`, the default, takes cos theta - m sin m, `continuous` -cos(theta + m) - 2. */
  beyondPi?: BeyondPi
}

export const ARC_FACE_OPTIONS = {
  s: ['scale'],
  m: ['margin', 'm2'],
  beyondPi: ['seam', 'easyMargin'],
} satisfies OptionNames<ArcFaceOptions>

export const arcFaceDefaults = { s: 64, m: 0.5, beyondPi: 'linear' } as const

/** psi(theta) = cos(theta + m) up to theta + m = pi; m is that of the label. */
function psi(angle: Angle, y: ClassIndices | undefined, m: PerClass, beyondPi: BeyondPi): Tensor {
  const { cosTheta } = angle
  const own = (f: (m: number) => number) => ofLabels(m, y, cosTheta, f)
  const cosSum = cosOfSum(angle, { cos: own(Math.cos), sin: own(Math.sin) })
  if (beyondPi === 'continuous') return decreasingCos(cosTheta, cosSum, [own(cosineAtPi)])
  return linearBeyondPi(cosTheta, cosSum, { at: own(cosineAtPi), drop: own(dropBeyondPi) })
}

type Each = Tensor | number

/** cos(theta + m) = cos theta cos m - sin theta sin m. */
const cosOfSum = ({ cosTheta, sinTheta }: Angle, m: { cos: Each; sin: Each }): Tensor =>
  sub(mul(cosTheta, m.cos), mul(sinTheta, m.sin))

/** cos theta - m sin m where theta is past pi - m. */
const linearBeyondPi = (cosTheta: Tensor, cosSum: Tensor, m: { at: Each; drop: Each }): Tensor =>
  where(less(cosTheta, m.at), sub(cosTheta, m.drop), cosSum)

/** cos(theta + m), with a margin m[N,1] of each sample: of its norm, or drawn.  [N,1] */
export const shifted = (angle: Angle, m: Tensor): Tensor => cosOfSum(angle, { cos: cos(m), sin: sin(m) })

/** The same up to theta + m = pi, and past it cos theta - m sin m, as `linear` of ArcFace. */
export function shiftedLinear(angle: Angle, m: Tensor): Tensor {
  const [cosM, sinM] = [cos(m), sin(m)]
  const cosSum = cosOfSum(angle, { cos: cosM, sin: sinM })
  return linearBeyondPi(angle.cosTheta, cosSum, { at: neg(cosM), drop: mul(m, sinM) })
}

/** cos(theta + m) as it is, for one m. */
export const plainSum = (angle: Angle, m: number): Tensor =>
  cosOfSum(angle, { cos: Math.cos(m), sin: Math.sin(m) })

/** What ArcFace has of one m. */
export const arcFacePsi = (angle: Angle, m: number, beyondPi: BeyondPi): Tensor =>
  psi(angle, undefined, m, beyondPi)

/** The cosine of the angle past which theta + m is over pi; none where m = 0, and no cosine is less. */
const cosineAtPi = (m: number): number => (m === 0 ? -2 : -Math.cos(m))
const dropBeyondPi = (m: number): number => m * Math.sin(m)

/**
 * z_y = s cos(theta_y + m), z_j = s cos theta_j: ArcFace, Deng 2019, arXiv:1801.07698v3, equation 3. With a margin for
 * each class, z_y = s cos(theta_y + m_y), Ha 2020, arXiv:2010.05350. Throws unless s > 0 and 0 <= m < pi.
 *
 * The paper gives nothing for theta + m > pi. `linear` is of the authors' first code (deepinsight/insightface, MXNet) and
 * of CurricularFace's; it jumps there, upwards where m > 2.33. The authors' code of today lets the cosine rise again,
 * AdaFace's clips the angle at pi. `continuous` is ours.
 */
export function arcFaceMargin(options: ArcFaceOptions = {}): Margin {
  checkOptions('arcFace', options, ARC_FACE_OPTIONS)
  const { s = arcFaceDefaults.s, m = arcFaceDefaults.m, beyondPi = arcFaceDefaults.beyondPi } = options
  checkEach('arcFace', m, checkRadians)
  checkBeyondPi('arcFace', beyondPi)
  return {
    equation: `z_y = ${symbolOf(s)} cos(theta_y + m), z_j = ${symbolOf(s)} cos theta_j`,
    ...scaleOf('arcFace', s),
    unitW: true,
    psi: (angle, y) => psi(angle, y, m, beyondPi),
    nonsmoothAt: [-1, ...allOf(m).flatMap(own => cosinesAtPi(1, own)), 1],
    classes: classesOf(m),
  }
}

export function checkBeyondPi(op: string, beyondPi: string): void {
  if (beyondPi !== 'linear' && beyondPi !== 'continuous') {
    throw new Error(`${op}: beyondPi is linear or continuous, got ${shownName(beyondPi)}`)
  }
}

/** One margin for all classes, or C of them, one a class. */
export type PerClass = number | ArrayLike<number>

export const allOf = (m: PerClass): readonly number[] => (typeof m === 'number' ? [m] : Array.from(m))

/** m, checked to be a number or a list of numbers, one by one by `check`. */
export function checkEach(
  op: string,
  m: PerClass,
  check: (op: string, name: string, m: number) => void,
): void {
  if (typeof m === 'object' && !isNumbers(m)) throw refusal(op, 'm as a number, or a list of one a class,', m)
  for (const own of typeof m === 'object' ? allOf(m) : [m]) check(op, 'm', own)
}

/** C, where there is a margin for each class. */
export const classesOf = (m: PerClass): number | undefined => (typeof m === 'number' ? undefined : m.length)

/**
 * f(m_y), m_y the margin of the sample's own class: the number f(m) where all have the same.
 * y[N] cosTheta[N,1] -> [N,1]
 */
export function ofLabels(
  m: PerClass,
  y: ClassIndices | undefined,
  cosTheta: Tensor,
  f = (m: number) => m,
): Tensor | number {
  if (typeof m === 'number') return f(m)
  if (y?.length !== cosTheta.shape[0]) {
    throw new Error(
      `psi: ${cosTheta.shape[0]} labels expected, as m differs by class, got ${y?.length ?? 'none'}`,
    )
  }
  const own = Float64Array.from(y, label => f(m[label]))
  return tensor(own, { shape: cosTheta.shape, dtype: cosTheta.dtype, backend: cosTheta.backend })
}

/** Throws unless the angle m, in radians, lies in [0, pi). */
export function checkRadians(op: string, name: string, m: number): void {
  if (typeof m === 'number' && m >= 0 && m < Math.PI) return
  const hint =
    typeof m === 'number' && m >= Math.PI && m <= 180
      ? ` (${m} degrees are ${((m * Math.PI) / 180).toFixed(4)} radians)`
      : ''
  throw new Error(`${op}: ${name} is an angle in radians, 0 <= ${name} < pi, got ${shown(m)}${hint}`)
}

/** Throws unless the difference of cosines m lies in [0, 2]: past 2 no angle can meet it. */
export function checkCosine(op: string, name: string, m: number): void {
  if (!(typeof m === 'number' && m >= 0 && m <= 2)) {
    throw new Error(`${op}: ${name} is a difference of cosines, 0 to 2, got ${shown(m)}`)
  }
}
