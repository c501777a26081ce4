import {
  checkFinite,
  checkGiven,
  checkInteger,
  checkOptions,
  type OptionNames,
  refusal,
} from '../engine/check.ts'
import {
  add,
  div,
  gather,
  matmul,
  mul,
  norm,
  normalize,
  reshape,
  scatterAdd,
  stopGradient,
  sub,
  sum,
  type Tensor,
  take,
} from '../engine/index.ts'
import { memo } from '../engine/memo.ts'
import { bind } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import {
  CROSS_ENTROPY_OPTIONS,
  type CrossEntropyOptions,
  crossEntropy,
  reduceLosses,
} from './crossEntropy.ts'
import { type ClassIndices, checkLabels, type Labels, labelIndex } from './labels.ts'
import { angleBetween, LAST, type Pair } from './margins/angle.ts'
import type { Margin } from './margins/margin.ts'
import { lambdaAt } from './margins/multiplicative.ts'

/** z_j = s ‖x‖ ‖w_j‖ cos theta_j, without the norms that the margin leaves out.  x[N,D] W[C,D] -> [N,C] */
export function plainLogits(margin: Margin, x: Tensor, W: Tensor): Tensor {
  checkArguments('plainLogits', margin, x, W)
  return products(margin, scaled(margin, x, W))
}

function checkArguments(op: string, margin: Margin, x: Tensor, W: Tensor): void {
  checkMargin(op, margin)
  for (const [name, t] of Object.entries({ x, W })) checkTensor(op, name, t)
  bind(op, 'x[N,D] W[C,D] -> [N,C]', { x: x.shape, W: W.shape })
}

/** x and W, at length 1 where the margin leaves their norms out. */
const scaled = ({ unitX, unitW }: Margin, x: Tensor, W: Tensor) => ({
  u: unitX ? normalize(x) : x,
  V: unitW ? normalize(W) : W,
})

function products({ s }: Margin, { u, V }: ReturnType<typeof scaled>): Tensor {
  const z = matmul(u, V, { transposeB: true })
  return s === 1 ? z : mul(z, s)
}

/**
 * z_j as in `plainLogits`, and at the target z_y = s ‖x‖ ‖w_y‖ (lambda cos theta_y + psi(theta_y)) / (1 + lambda),
 * where lambda is 0 unless the margin is annealed.  x[N,D] W[C,D] y[N] -> [N,C]
 *
 * Only the target changes, by its difference to the plain logit: the others keep the inner product's value and
 * gradient, also at x = 0, and no one-hot of N C numbers is made. Of a `detached` margin that difference counts as a constant.
 * `t` counts the updates so far.
 */
export function marginLogits(margin: Margin, x: Tensor, W: Tensor, y: Labels, t = 0): Tensor {
  checkArguments('marginLogits', margin, x, W)
  checkInteger('marginLogits', 't', t, 0)
  checkClasses('marginLogits', margin, W.shape[0])
  const labels = checkLabels('marginLogits', y, x.shape[0], W.shape[0])
  return bentLogits(margin, x, W, labels, labels, t)
}

/** The same, checked before, where the class y_i of a sample stands in row `columns_i` of W. */
export function bentLogits(
  margin: Margin,
  x: Tensor,
  W: Tensor,
  y: ClassIndices,
  columns: ClassIndices,
  t: number,
): Tensor {
  const { s, unitX, unitW } = margin
  const { u, V } = scaled(margin, x, W)
  const z = products(margin, { u, V })
  if (!bends(margin)) return z
  const target = labelIndex(columns, x.backend)
  const own = (prototypes: Tensor) => take(prototypes, reshape(target, [-1]))
  const w = () => own(W)
  const pair = memo<void, Pair>(() => {
    const v = unitW ? own(V) : normalize(w())
    return { x, w, u: unitX ? u : normalize(x), v }
  })
  const cosTheta = unitX && unitW ? div(gather(z, target), s) : undefined
  return scatterAdd(z, target, targetChange(margin, { x, w, pair, cosTheta }, y, t))
}

type Bending = Margin & Required<Pick<Margin, 'psi'>>

/** Is psi another function than the cosine? */
export const bends = (margin: Margin): margin is Bending => margin.psi !== undefined

/** Each sample and the prototype of its class. */
interface Target {
  readonly x: Tensor
  readonly w: () => Tensor
  readonly pair: () => Pair
  /** Their cosines, where they are known. */
  readonly cosTheta?: Tensor
}

/** By how much the logit of each target differs from the plain one.  [N,1] */
export function targetChange(
  margin: Bending,
  { x, w, pair, cosTheta: known }: Target,
  y: ClassIndices,
  t: number,
): Tensor {
  const { s, unitX, unitW, annealing, detached } = margin
  const angle = angleBetween(pair, known)
  const { cosTheta } = angle
  const lambda = annealing === undefined ? 0 : lambdaAt(annealing, t)
  const bend = sub(margin.psi(angle, y), cosTheta)
  let change = mul(detached ? stopGradient(bend) : bend, s / (1 + lambda))
  if (!unitX) change = mul(change, norm(x, LAST))
  if (!unitW) change = mul(change, norm(w(), LAST))
  return change
}

/**
 * CE of the logits of a margin, plus b[C] if there is one, plus `pull` times the mean of ‖c_y / ‖c_y‖ - x / ‖x‖‖^2, c
 * by default W: what every margin loss is, as a pure function.
 */
export function marginLoss(
  margin: Margin,
  x: Tensor,
  prototypes: { W: Tensor; b?: Tensor; c?: Tensor },
  y: Labels,
  given: CrossEntropyOptions & PullOptions & { t?: number } = {},
): Tensor {
  checkGiven('marginLoss', prototypes, { W: ['prototypes'], b: ['bias'], c: ['centers'] })
  checkOptions('marginLoss', given, { ...CROSS_ENTROPY_OPTIONS, ...PULL_OPTIONS, t: ['step'] })
  const { W, b, c = W } = prototypes
  const { t, pull = 0, ...options } = given
  checkFinite('marginLoss', 'pull', pull, { orZero: true })
  checkTensor('marginLoss', 'c', c)
  bind('marginLoss', 'W[C,D] c[C,D] -> [C,D]', { W: W.shape, c: c.shape })
  if (b !== undefined) checkTensor('marginLoss', 'b', b)
  const z = marginLogits(margin, x, W, y, t)
  const loss = crossEntropy(b === undefined ? z : add(z, b), y, options)
  if (pull === 0) return loss
  const labels = checkLabels('marginLoss', y)
  const own = take(c, reshape(labelIndex(labels, x.backend), [-1]))
  return add(loss, mul(reduceLosses('marginLoss', squaredChords(x, own), labels, options), pull))
}

/** ‖c_i / ‖c_i‖ - x_i / ‖x_i‖‖^2 for each sample.  x[N,D] c[N,D] -> [N] */
export function squaredChords(x: Tensor, c: Tensor): Tensor {
  const apart = sub(normalize(c), normalize(x))
  return sum(mul(apart, apart), { axis: 1 })
}

export interface PullOptions {
  /**
   * Adds pull times the mean of ‖c_y - x / ‖x‖‖^2 to the loss, c_y the class's centre at length 1, >= 0: the term by which Zhu
   * 2020 (p. 9) moves its centres; its gradient reaches x. Where prototypes are learned, w_y takes the place of c_y, and
   * the gradient reaches it too. Default 0.
   */
  pull?: number
}

export const PULL_OPTIONS = { pull: ['pullWeight'] } satisfies OptionNames<PullOptions>

/** The sum of those that are there. */
export const sumOf = (...all: readonly (Tensor | undefined)[]): Tensor | undefined =>
  all.reduce((a, b) => (a && b ? add(a, b) : (a ?? b)), undefined)

/** Throws unless `margin` is one, above all no function that would make one. */
export function checkMargin(op: string, margin: Margin): void {
  if (typeof margin === 'object' && typeof margin?.s === 'number') return
  throw refusal(op, 'a margin, { equation, s, unitX, unitW, psi, nonsmoothAt },', margin)
}

/** Throws unless the margin is for so many classes. */
export function checkClasses(op: string, { classes: given }: { classes?: number }, classes: number): void {
  if (given === undefined || given === classes) return
  throw new Error(`${op}: m: a number or ${classes} numbers expected, one a class, got ${given}`)
}
