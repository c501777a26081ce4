import { checkFlag, type OptionNames } from '../../engine/check.ts'
import {
  defaultBackend,
  identity,
  keep,
  mean,
  noGrad,
  normalize,
  parameter,
  randn,
  sub,
  type Tensor,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { generatorOf } from '../../engine/random.ts'
import { assignAll, mapRecord } from '../../engine/state.ts'
import type { ClassIndices } from '../labels.ts'
import { checkLossOptions, LOSS_OPTIONS, type LossOptions } from '../loss.ts'
import { checkLossName } from '../lossName.ts'
import type { SampleSize } from '../sampledClasses.ts'
import { CENTER_OPTIONS, type CenterOptions, centerOptions } from './centerOptions.ts'
import { centersInTable } from './centersInTable.ts'
import { batchOf, ESTIMATORS, type Estimator, type Memory } from './estimators.ts'
import { ofTensors, type Prototypes } from './prototypes.ts'

interface Setting extends LossOptions, CenterOptions {
  /** Average x / ‖x‖ (Zhu 2020, eq. 3), the default; false: x itself, as centre loss does. */
  normalized?: boolean
  /** Adds a learned b[C] to the logits. Default false. */
  bias?: boolean
}

const KNOWN = {
  ...LOSS_OPTIONS,
  ...CENTER_OPTIONS,
  normalized: ['normalised', 'normalize'],
  bias: true,
} satisfies OptionNames<Setting>

/**
 * W_j from c_j, the centre of class j: the mean of its x / ‖x‖, equation 3 of IR-Softmax (Zhu, Yuan, Hu, Wu, Robertson,
 * ACCV 2020, arXiv:2011.11155), by one of the estimators (CenterOptions). Centres start as N(0, 1/D) by `seed` or `rng`, on the
 * unit sphere where they stay on it; classes absent from a batch keep theirs, but for those that `momentum` moves on; nothing but the bias is trained by gradient.
 *
 * The paper's are `sphere`, `memoryBank`, and W_j = c_j (`subtractMean: false`). Ours are the other estimators where no
 * source stands beside them, centres relative to their mean (`subtractMean`), `cumulativeMean` and `differentiate`.
 * `b` is the bias to share with another rule. With `sample`, a step sees so many of the classes, and centres are rows of tables outside
 * the backend (`centersInTable`); but those that `differentiate` or that `momentum` moves on while they are absent are as ever.
 */
export function classCenters(op: string, options: Setting, b?: Tensor, sample?: SampleSize): Prototypes {
  checkLossName('classCenters', op)
  checkLossOptions(op, options, KNOWN)
  const { classes, dim, dtype = 'float32', backend, normalized = true, bias = false } = options
  const settings = centerOptions(op, options)
  const { estimator, refreshEvery, subtractMean, usePreviousCenters, differentiate } = settings
  checkFlag(op, 'normalized', normalized)
  checkFlag(op, 'bias', bias)

  const kind = { dtype, backend }
  const { unit, memory, next }: Estimator = ESTIMATORS[estimator]
  const own = b ?? (bias ? parameter(zeros([classes], kind), kind) : undefined)
  const rng = generatorOf(op, options, 0)
  const updateAfter = estimator === 'exact' ? undefined : usePreviousCenters || differentiate
  if (sample !== undefined && !differentiate && settings.momentum === 0) {
    const place = { classes, dim, dtype, backend: backend ?? defaultBackend(dtype) }
    const setting = { ...place, rng, rates: settings, subtractMean, normalized, b: own }
    const rest = { updateAfter, refreshEvery, moves: estimator !== 'exact' }
    return centersInTable(op, ESTIMATORS[estimator], setting, sample, rest)
  }
  const start = randn([classes, dim], rng, { ...kind, std: 1 / Math.sqrt(dim) })
  const shapes = memory?.(classes, dim, settings) ?? {}
  const known: Memory = {
    centers: keep(unit ? normalize(start) : start),
    ...Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, keep(zeros(shape, kind))])),
  }
  const parameters: Record<string, Tensor> = own === undefined ? {} : { b: own }
  const tensors = { ...known, ...parameters }

  // identity: aliases, so that a graph built on the centres does not see them assigned to.
  const after = (x: Tensor, y: ClassIndices): Memory =>
    next(mapRecord(known, identity) as Memory, batchOf(normalized ? normalize(x) : x, y, classes), settings)
  const prototypesOf = (c: Tensor): Tensor =>
    subtractMean ? normalize(sub(c, mean(c, { axis: 0, keepDims: true }))) : identity(c)
  const follow = (x: Tensor, y: ClassIndices): void => noGrad(() => tidy(() => assignAll(known, after(x, y))))

  return {
    parameters,
    bias: own,
    get W() {
      return prototypesOf(known.centers)
    },
    updateAfter,
    forBatch(x, y) {
      const c = differentiate ? after(x, y).centers : identity(known.centers)
      return { W: prototypesOf(c), b: own, c }
    },
    update(x, y) {
      if (estimator !== 'exact') follow(x, y)
    },
    refreshEvery,
    refresh: follow,
    ...ofTensors(op, tensors),
  }
}
