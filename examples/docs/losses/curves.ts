import * as Plot from '@observablehq/plot'
import {
  add,
  cos,
  div,
  full,
  grad,
  identity,
  mul,
  parameter,
  reshape,
  sin,
  stopGradient,
  sub,
  type Tensor,
  tensor,
} from '../../../engine/index.ts'
import { mapRecord } from '../../../engine/state.ts'
import type { DrawnAt, LossRow, Margin } from '../../../losses/index.ts'
import { PALETTE } from '../../page/colors.ts'
import { legend } from '../../page/legend.ts'
import { svg } from '../../page/svg.ts'

/** theta -> what is drawn over it, elementwise. */
interface Curve {
  readonly title: string
  readonly color: string
  readonly dash: string
  of(theta: Tensor): Tensor
}

/** What `annealing: true` ends at. */
const FINAL_LAMBDA = 5
const POINTS = 361
const CLASSES = 100
const ONE_CLASS = new Int32Array(POINTS)
const SOLID = 'none'

/**
 * What becomes of the target's cosine at each angle between an image and its prototype, and the slope of that: how
 * hard the loss pulls at an image that lies there. Slopes are the engine's own gradients.
 */
export function curves(row: LossRow): string {
  const drawn = curvesOf(row)
  const what = row.defaultMargin === undefined ? 'the loss' : "the target's logit over s ‖x‖ ‖w‖"
  return `${legend(drawn)}<div class="grid">
${picture(drawn, `${what} against the angle`, what, curve => curve.of)}
${picture(drawn, `Slope of ${what} against the angle`, 'its slope, per radian', slopeOf)}
</div>`
}

const angle = (theta: Tensor) => {
  const column = reshape(theta, [-1, 1])
  return { theta: column, cosTheta: cos(column), sinTheta: sin(column) }
}

const COLORS = [0, 1, 2].map(i => PALETTE[i])

const scalar = (value: number): Tensor => tensor(value, { dtype: 'float64' })

/** What a margin is drawn at: the norm of x, and what it remembers. */
function batchAt(margin: Margin, { norm = 1, memory = {} }: Partial<DrawnAt>) {
  const remembered = { ...margin.memory?.start(CLASSES), ...memory }
  const entries = Object.entries(remembered).map(([name, value]) => [name, scalar(value)])
  return { t: 0, norm: () => scalar(norm), memory: Object.fromEntries(entries) as Record<string, Tensor> }
}

/** The least psi of all: what others are compared with, so that every class is a hard one. */
const FAR = { theta: Math.PI, cosTheta: -1, sinTheta: 0 }

function curvesOf({ name, defaultMargin: margin, drawnAt = [] }: LossRow): Curve[] {
  const plain: Curve = {
    title: 'cos theta, without a margin',
    color: PALETTE[7],
    dash: '4 4',
    of: theta => identity(cos(theta)),
  }
  // Unit vectors: ‖x - c‖^2 / 2 = 1 - cos theta.
  if (margin === undefined) {
    return [{ title: name, color: PALETTE[0], dash: SOLID, of: theta => cos(theta).neg().add(1) }]
  }
  const { annealing, detached } = margin
  const psi = detached ? held(margin) : margin.psi
  if (psi === undefined) return [{ ...plain, dash: SOLID, color: PALETTE[0], title: 'cos theta' }]
  const places: readonly Partial<DrawnAt>[] = drawnAt.length === 0 ? [{}] : drawnAt
  const all = places.map((place, i): Curve => {
    const batch = batchAt(margin, place)
    return {
      title: place.title === undefined || margin.others !== undefined ? name : `${name}, ${place.title}`,
      color: COLORS[i],
      dash: SOLID,
      of: theta => psi(angle(theta), ONE_CLASS, batch),
    }
  })
  if (annealing === undefined) return [...all, ...othersOf(margin, places[0]), plain]
  const [bent] = all
  const eased: Curve = {
    title: `annealed, lambda = ${FINAL_LAMBDA}`,
    color: PALETTE[1],
    dash: SOLID,
    of: theta => div(mul(cos(theta), FINAL_LAMBDA).add(psi(angle(theta), ONE_CLASS)), 1 + FINAL_LAMBDA),
  }
  return [eased, { ...bent, title: 'psi(theta), lambda = 0' }, plain]
}

/** What stands for the cosine of another class that is hard; of a margin that bends the others. */
function othersOf(margin: Margin, place: Partial<DrawnAt>): Curve[] {
  if (margin.others === undefined) return []
  const batch = batchAt(margin, place)
  const far = mapRecord(FAR, value => full([POINTS, 1], value, { dtype: 'float64' }))
  return [
    {
      title: ['another class that is hard', place.title].filter(Boolean).join(', '),
      color: PALETTE[3],
      dash: '8 3',
      of: theta => margin.others?.(angle(theta).cosTheta, far, batch) ?? cos(theta),
    },
  ]
}

/** psi with the slope that a detached margin has, that of cos theta. */
const held =
  ({ psi }: Margin): Margin['psi'] =>
  (angle, y, batch) =>
    psi === undefined
      ? angle.cosTheta
      : add(angle.cosTheta, stopGradient(sub(psi(angle, y, batch), angle.cosTheta)))

const slopeOf =
  (curve: Curve) =>
  (theta: Tensor): Tensor =>
    grad(curve.of(theta).sum(), theta)

function picture(
  drawn: readonly Curve[],
  label: string,
  y: string,
  heightOf: (curve: Curve) => (theta: Tensor) => Tensor,
): string {
  const angles = Array.from({ length: POINTS }, (_, i) => (Math.PI * (i + 0.5)) / POINTS)
  const theta = parameter(angles, { dtype: 'float64' })
  const marks = drawn.map(curve => {
    const values = heightOf(curve)(theta).dataSync()
    const points = angles.map((angle, i) => ({ degrees: (angle * 180) / Math.PI, value: values[i] }))
    return Plot.line(points, {
      x: 'degrees',
      y: 'value',
      stroke: curve.color,
      strokeDasharray: curve.dash,
      strokeWidth: 2.5,
    })
  })
  return `<figure>${svg(label, {
    width: 400,
    height: 300,
    marginLeft: 48,
    marginBottom: 46,
    x: { label: 'theta, degrees', labelOffset: 42, domain: [0, 180], ticks: [0, 45, 90, 135, 180] },
    y: { label: y, grid: true },
    marks: [Plot.ruleY([0], { strokeOpacity: 0.4 }), ...marks],
  })}</figure>`
}
