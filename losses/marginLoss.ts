import {
  checkFinite,
  checkFlag,
  checkFunction,
  checkGiven,
  checkInteger,
  checkOptions,
  isRecord,
  type OptionNames,
  refusal,
} from '../engine/check.ts'
import { add, mul, normalize, reshape, sub, sum, type Tensor, take } from '../engine/index.ts'
import { bind } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import { bentLogits, type Given, unbentLogits } from './bentLogits.ts'
import { checkBinary, lossOfLogits } from './binary.ts'
import { CROSS_ENTROPY_OPTIONS, type CrossEntropyOptions, reduceLosses } from './crossEntropy.ts'
import { checkLabels, type Labels, labelIndex } from './labels.ts'
import type { Margin } from './margins/margin.ts'
import { startOf } from './margins/memory.ts'
import { penaltyOf } from './penalty.ts'

/**
 * z_j = s ‖x‖ ‖w_j‖ cos theta_j, without the norms that the margin leaves out. Of a margin whose scale changes it is the one at the
 * start, unless `memory` is given; with `subCenters` K a class has K rows of W, and its nearest counts.  x[N,D] W[C K,D] -> [N,C]
 */
export function plainLogits(margin: Margin, x: Tensor, W: Tensor, given: Partial<Given> = {}): Tensor {
  checkArguments('plainLogits', margin, x, W)
  return unbentLogits(margin, x, W, givenOf('plainLogits', margin, W, given))
}

function checkArguments(op: string, margin: Margin, x: Tensor, W: Tensor): void {
  checkMargin(op, margin)
  for (const [name, t] of Object.entries({ x, W })) checkTensor(op, name, t)
  bind(op, 'x[N,D] W[C,D] -> [N,C]', { x: x.shape, W: W.shape })
}

/** All of it: no updates, memory as it starts, and one prototype a class, where nothing else is given. */
function givenOf(op: string, margin: Margin, W: Tensor, given: Partial<Given>): Given {
  const { t = 0, subCenters = 1 } = given
  checkInteger(op, 't', t, 0)
  checkInteger(op, 'subCenters', subCenters, 1)
  if (W.shape[0] % subCenters !== 0) {
    throw new Error(
      `${op}: W[C K,D] of K = ${subCenters} sub-centres a class expected, got ${W.shape[0]} rows`,
    )
  }
  const { memory = startOf(margin, W.shape[0] / subCenters, W) } = given
  return { t, memory, subCenters }
}

/**
 * z_j as in `plainLogits`, and at the target z_y = s ‖x‖ ‖w_y‖ (lambda cos theta_y + psi(theta_y)) / (1 + lambda),
 * where lambda is 0 unless the margin is annealed.  x[N,D] W[C K,D] y[N] -> [N,C]
 *
 * Only the target changes, by its difference to the plain logit: the others keep the inner product's value and
 * gradient, also at x = 0, and no one-hot of N C numbers is made; unless the margin bends the `others`. Of a `detached` margin
 * that difference counts as a constant. `given` is t, the number of updates so far, or also `memory` and `subCenters`.
 */
export function marginLogits(
  margin: Margin,
  x: Tensor,
  W: Tensor,
  y: Labels,
  given: number | Partial<Given> = 0,
): Tensor {
  const op = 'marginLogits'
  checkArguments(op, margin, x, W)
  const all = givenOf(op, margin, W, typeof given === 'object' ? given : { t: given })
  const classes = W.shape[0] / all.subCenters
  checkClasses(op, margin, classes)
  const labels = checkLabels(op, y, x.shape[0], classes)
  return bentLogits(margin, x, W, labels, labels, all)
}

/**
 * CE of the logits of a margin, plus b[C] if there is one, plus the margin's penalty if it has one, plus `pull` times the mean of
 * ‖c_y / ‖c_y‖ - x / ‖x‖‖^2, c by default W: what every margin loss is, as a pure function. Of a `binary` margin b is [], and
 * the loss that of `Binary`.
 */
export function marginLoss(
  margin: Margin,
  x: Tensor,
  prototypes: { W: Tensor; b?: Tensor; c?: Tensor },
  y: Labels,
  given: CrossEntropyOptions & PullOptions & Partial<Given> = {},
): Tensor {
  const op = 'marginLoss'
  checkGiven(op, prototypes, { W: ['prototypes'], b: ['bias'], c: ['centers'] })
  checkOptions(op, given, { ...CROSS_ENTROPY_OPTIONS, ...PULL_OPTIONS, ...GIVEN })
  const { W, b, c = W } = prototypes
  const { t, memory, subCenters, pull = 0, ...options } = given
  checkFinite(op, 'pull', pull, { orZero: true })
  checkTensor(op, 'c', c)
  bind(op, 'W[C,D] c[C,D] -> [C,D]', { W: W.shape, c: c.shape })
  if (b !== undefined) checkTensor(op, 'b', b)
  checkMargin(op, margin)
  checkBinary(op, margin, options)
  const all = givenOf(op, margin, W, { t, memory, subCenters })
  const z = marginLogits(margin, x, W, y, all)
  const loss = sumOf(
    lossOfLogits(op, margin, b === undefined ? z : add(z, b), y, options),
    penaltyOf(op, margin, x, checkLabels(op, y), all, options),
  ) as Tensor
  if (pull === 0) return loss
  checkPull(op, pull, all.subCenters)
  const labels = checkLabels(op, y)
  const own = take(c, reshape(labelIndex(labels, x.backend), [-1]))
  return add(loss, mul(reduceLosses(op, squaredChords(x, own), labels, options), pull))
}

const GIVEN = { t: ['step'], memory: ['state'], subCenters: ['k', 'K'] } satisfies OptionNames<Given>

/** Throws where there is a pull, and no one prototype a class to pull to. */
export function checkPull(op: string, pull: number, subCenters: number): void {
  if (pull > 0 && subCenters > 1) throw new Error(`${op}: pull or subCenters expected, got both`)
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

const KNOWN_MARGIN = {
  equation: true,
  s: true,
  unitX: true,
  unitW: true,
  psi: true,
  others: true,
  scale: true,
  penalty: true,
  memory: true,
  binary: true,
  nonsmoothAt: true,
  clearance: true,
  classes: true,
  detached: true,
  normDetached: true,
  counted: true,
  annealing: true,
} satisfies OptionNames<Margin>

/** Throws unless `margin` is one, above all no function that would make one. */
export function checkMargin(op: string, margin: Margin): void {
  if (typeof margin !== 'object' || margin === null)
    throw refusal(op, 'a margin, { equation, s, unitX, unitW, psi, nonsmoothAt },', margin)
  if (isRecord(margin)) checkOptions(`${op}: the margin`, margin, KNOWN_MARGIN)
  const { s, unitX, unitW, psi, others } = margin
  if (typeof s !== 'number') throw refusal(op, "the margin's s as a number, with unitX: false for ‖x‖,", s)
  checkFlag(op, "the margin's unitX", unitX)
  checkFlag(op, "the margin's unitW", unitW)
  for (const [name, f] of Object.entries({ psi, others }))
    if (f !== undefined) checkFunction(op, `the margin's ${name}`, f)
}

/** Throws unless the margin is for so many classes. */
export function checkClasses(op: string, { classes: given }: { classes?: number }, classes: number): void {
  if (given === undefined || given === classes) return
  throw new Error(`${op}: m: a number or ${classes} numbers expected, one a class, got ${given}`)
}
