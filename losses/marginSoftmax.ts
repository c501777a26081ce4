import { checkGiven, checkInteger, checkOptions, type OptionNames, refusal } from '../engine/check.ts'
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
  sub,
  type Tensor,
  take,
} from '../engine/index.ts'
import { memo } from '../engine/memo.ts'
import { bind } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import {
  CROSS_ENTROPY_OPTIONS,
  type CrossEntropyOptions,
  checkFocal,
  checkReduction,
  crossEntropy,
  FOCAL_OPTIONS,
  type FocalOptions,
} from './crossEntropy.ts'
import { ADJUSTMENT_OPTIONS, type LogitAdjustmentOptions, logPriors } from './imbalance.ts'
import { checkLabels, type Labels, labelIndex } from './labels.ts'
import {
  callable,
  checkBatch,
  checkInput,
  checkLossOptions,
  LOSS_OPTIONS,
  type Loss,
  type LossOptions,
} from './loss.ts'
import { angleBetween, LAST, type Pair } from './margins/angle.ts'
import type { Margin } from './margins/margin.ts'
import { lambdaAt } from './margins/multiplicative.ts'
import type { Prototypes } from './prototypes/prototypes.ts'

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
 * gradient, also at x = 0, and no one-hot of N C numbers is made. `t` counts the updates so far.
 */
export function marginLogits(margin: Margin, x: Tensor, W: Tensor, y: Labels, t = 0): Tensor {
  checkArguments('marginLogits', margin, x, W)
  checkInteger('marginLogits', 't', t, 0)
  checkClasses('marginLogits', margin, W.shape[0])
  const labels = checkLabels('marginLogits', y, x.shape[0], W.shape[0])
  const { s, unitX, unitW, annealing } = margin
  const { u, V } = scaled(margin, x, W)
  const z = products(margin, { u, V })
  if (margin.psi === undefined) return z
  const target = labelIndex(labels, x.backend)
  const own = (prototypes: Tensor) => take(prototypes, reshape(target, [-1]))
  const w = () => own(W)
  const pair = memo<void, Pair>(() => {
    const v = unitW ? own(V) : normalize(w())
    return { x, w, u: unitX ? u : normalize(x), v }
  })
  const angle = angleBetween(pair, unitX && unitW ? div(gather(z, target), s) : undefined)
  const { cosTheta } = angle
  const lambda = annealing === undefined ? 0 : lambdaAt(annealing, t)
  let change = mul(sub(margin.psi(angle, labels), cosTheta), s / (1 + lambda))
  if (!unitX) change = mul(change, norm(x, LAST))
  if (!unitW) change = mul(change, norm(w(), LAST))
  return scatterAdd(z, target, change)
}

/** CE of the logits of a margin, plus b[C] if there is one: what every margin loss is, as a pure function. */
export function marginLoss(
  margin: Margin,
  x: Tensor,
  prototypes: { W: Tensor; b?: Tensor },
  y: Labels,
  given: CrossEntropyOptions & { t?: number } = {},
): Tensor {
  checkGiven('marginLoss', prototypes, { W: ['prototypes'], b: ['bias'] })
  checkOptions('marginLoss', given, { ...CROSS_ENTROPY_OPTIONS, t: ['step'] })
  const { W, b } = prototypes
  const { t, ...options } = given
  const z = marginLogits(margin, x, W, y, t)
  return crossEntropy(b === undefined ? z : add(z, b), y, options)
}

/** What every margin loss understands, whatever its margin and its prototypes. */
export interface MarginLossOptions extends LossOptions, LogitAdjustmentOptions, FocalOptions {}

export const MARGIN_LOSS_OPTIONS = {
  ...LOSS_OPTIONS,
  ...ADJUSTMENT_OPTIONS,
  ...FOCAL_OPTIONS,
} satisfies OptionNames<MarginLossOptions>

/**
 * CE(z, y) with the logits z of a margin (what the target's angle becomes) over the prototypes of a rule (what w_j
 * is).  x[N,D] y[N] -> [] or [N]. Every margin goes with every rule, and both with `logitAdjustment`
 * and `focalGamma`.
 *
 * Throws where sizes, labels, weights or options do not fit; an empty batch is an error.
 */
export function marginSoftmax(
  name: string,
  margin: Margin,
  prototypes: Prototypes,
  options: MarginLossOptions,
): Loss {
  checkLossOptions(name, options, MARGIN_LOSS_OPTIONS)
  checkMargin(name, margin)
  checkPrototypes(name, prototypes)
  checkReduction(name, options, options.classes)
  checkClasses(name, margin, options.classes)
  checkFocal(name, options)
  const { reduction, weight, focalGamma } = options
  const updateAfter = prototypes.updateAfter === true
  const { logitAdjustment } = options
  const priors = logitAdjustment === undefined ? undefined : logPriors(name, options, logitAdjustment)
  const annealed = margin.annealing !== undefined
  let t = 0

  function loss(x: Tensor, y: Labels): Tensor {
    const labels = checkBatch(name, options, x, y)
    const { W, b } = prototypes.forBatch(x, labels)
    const step = updateAfter ? t + 1 : t
    return marginLoss(margin, x, { W, b: sumOf(b, priors) }, labels, {
      reduction,
      weight,
      focalGamma,
      t: step,
    })
  }

  return callable(loss, {
    name,
    classes: options.classes,
    parameters: prototypes.parameters,
    get prototypes() {
      return prototypes.W
    },
    logits(x) {
      checkInput(name, options, x)
      const z = plainLogits(margin, x, prototypes.W)
      return prototypes.bias === undefined ? z : add(z, prototypes.bias)
    },
    update(x, y) {
      prototypes.update(x, checkBatch(name, options, x, y))
      t++
    },
    updateAfter,
    refreshEvery: prototypes.refreshEvery,
    refresh(x, y) {
      prototypes.refresh(x, checkBatch(name, options, x, y))
    },
    state() {
      const { tensors, values } = prototypes.state()
      return { tensors, values: annealed ? { ...values, t } : values }
    },
    load(state) {
      const { t: steps, ...values } = state.values
      if (
        annealed !== (steps !== undefined) ||
        (annealed && !(Number.isInteger(steps) && Number(steps) >= 0))
      ) {
        const expected = annealed ? 'the number t of updates' : 'no t: nothing is annealed'
        throw new Error(`${name}: load: ${expected} expected, got ${JSON.stringify(steps)}`)
      }
      prototypes.load({ tensors: state.tensors, values })
      t = Number(steps ?? 0)
    },
  })
}

/** The sum of those that are there. */
export const sumOf = (b: Tensor | undefined, priors: Tensor | undefined): Tensor | undefined =>
  b && priors ? add(b, priors) : (b ?? priors)

/** Throws unless `margin` is one, above all no function that would make one. */
function checkMargin(op: string, margin: Margin): void {
  if (typeof margin === 'object' && typeof margin?.s === 'number') return
  throw refusal(op, 'a margin, { equation, s, unitX, unitW, psi, nonsmoothAt },', margin)
}

/** Throws unless the margin is for so many classes. */
function checkClasses(op: string, { classes: given }: { classes?: number }, classes: number): void {
  if (given === undefined || given === classes) return
  throw new Error(`${op}: m: a number or ${classes} numbers expected, one a class, got ${given}`)
}

/** Throws unless `prototypes` is one, above all no function that would make one. */
function checkPrototypes(op: string, prototypes: Prototypes): void {
  if (typeof prototypes === 'object' && typeof prototypes?.forBatch === 'function') return
  throw refusal(op, 'a prototype rule, such as learned(name, { classes, dim }),', prototypes)
}
