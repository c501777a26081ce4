import { checkGiven, checkInteger, checkOptions, type OptionNames } from '../engine/check.ts'
import {
  add,
  div,
  gather,
  matmul,
  mul,
  norm,
  normalize,
  scatterAdd,
  sub,
  type Tensor,
} from '../engine/index.ts'
import { bind } from '../engine/shape.ts'
import { checkTensor } from '../engine/tensor.ts'
import { rows } from './cosine.ts'
import {
  CROSS_ENTROPY_OPTIONS,
  type CrossEntropyOptions,
  checkReduction,
  crossEntropy,
} from './crossEntropy.ts'
import { checkFocal, FOCAL_OPTIONS, type FocalOptions } from './imbalance/focal.ts'
import {
  ADJUSTMENT_OPTIONS,
  type LogitAdjustmentOptions,
  logPriors,
  withPriors,
} from './imbalance/logitAdjustment.ts'
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
import { lambdaAt } from './margins/annealing.ts'
import { checkMargin, type Margin } from './margins/margin.ts'
import { checkClasses } from './margins/perClass.ts'
import { angleBetween, once } from './margins/theta.ts'
import { checkRule, type Prototypes } from './prototypes/prototypes.ts'

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
  const w = () => rows(W, target)
  const pair = once(() => ({
    ...{ x, w, u: unitX ? u : normalize(x) },
    v: unitW ? rows(V, target) : normalize(w()),
  }))
  const angle = angleBetween(pair, unitX && unitW ? div(gather(z, target), s) : undefined)
  const { cosTheta } = angle
  const lambda = annealing === undefined ? 0 : lambdaAt(annealing, t)
  let bend = mul(sub(margin.psi(angle, labels), cosTheta), s / (1 + lambda))
  if (!unitX) bend = mul(bend, norm(x, LAST))
  if (!unitW) bend = mul(bend, norm(w(), LAST))
  return scatterAdd(z, target, bend)
}

/** Lengths of rows, each a row of its own. */
const LAST = { axis: -1, keepDims: true } as const

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

/** What every margin loss understands, whatever its margin and its rule. */
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
  rule: Prototypes,
  options: MarginLossOptions,
): Loss {
  checkLossOptions(name, options, MARGIN_LOSS_OPTIONS)
  checkMargin(name, margin)
  checkRule(name, rule)
  checkReduction(name, options, options.classes)
  checkClasses(name, margin, options.classes)
  checkFocal(name, options)
  const { reduction, weight, focalGamma } = options
  const priors = logPriors(name, options)
  const annealed = margin.annealing !== undefined
  let t = 0

  function loss(x: Tensor, y: Labels): Tensor {
    const labels = checkBatch(name, options, x, y)
    const b = withPriors(rule.bias, priors)
    return marginLoss(margin, x, { W: rule.seenBy(x, labels), b }, labels, {
      reduction,
      weight,
      focalGamma,
      t,
    })
  }

  return callable(loss, {
    name,
    classes: options.classes,
    parameters: rule.parameters,
    get prototypes() {
      return rule.W
    },
    logits(x) {
      checkInput(name, options, x)
      const z = plainLogits(margin, x, rule.W)
      return rule.bias === undefined ? z : add(z, rule.bias)
    },
    update(x, y) {
      rule.update(x, checkBatch(name, options, x, y))
      t++
    },
    refreshEvery: rule.refreshEvery,
    refresh(x, y) {
      rule.refresh(x, checkBatch(name, options, x, y))
    },
    state() {
      const { tensors, values } = rule.state()
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
      rule.load({ tensors: state.tensors, values })
      t = Number(steps ?? 0)
    },
  })
}
