import type { TypedArray } from '../../engine/index.ts'
import { recipeOf } from '../../engine/recipe.ts'
import { logPriors } from '../../losses/imbalance.ts'
import type { EmbeddingLoss } from '../../losses/loss.ts'
import type { Margin } from '../../losses/margins/margin.ts'
import { centerDefaults } from '../../losses/prototypes/centerOptions.ts'
import { ESTIMATORS, type Estimator, type Rates } from '../../losses/prototypes/estimators.ts'
import type { AnyLossOptions } from '../../losses/row.ts'
import { TORCH_ESTIMATORS } from './estimators.ts'
import { checkLossOptions } from './lossOptions.ts'
import { type MarginName, type Psi, TORCH_MARGINS } from './margins.ts'
import { indented, literal, said, unsupported } from './python.ts'

type Constants = Readonly<Record<string, ArrayLike<number> | TypedArray>>

export interface LossText {
  /** The class `Loss`. */
  readonly text: string
  /** Numbers by class, which the program reads: `self.NAME` [C]. */
  readonly constants: Constants
}

type Made = AnyLossOptions & { readonly margin: Margin }

/** The loss as a module of PyTorch. Throws on one that is no margin loss of the library, and on what has no form. */
export function lossText(loss: EmbeddingLoss): LossText {
  const recipe = recipeOf(loss)
  if (recipe === undefined) {
    throw new Error(`exportTorch: a margin loss of the library expected, got ${loss.name}`)
  }
  const { name } = recipe
  const options = recipe.options as Made
  checkLossOptions(name, options as unknown as Readonly<Record<string, unknown>>)
  if ((options.reduction ?? 'mean') === 'none')
    throw new Error('exportTorch: a loss that is a scalar expected, got reduction none')
  const beyond = (['others', 'scale', 'penalty', 'memory', 'binary', 'counted'] as const).filter(
    part => options.margin[part],
  )
  if (beyond.length > 0) said(name, unsupported(`its margin has ${beyond}, beside psi`))
  const centered = name.startsWith('ir')
  const key = (centered ? name.slice(2, 3).toLowerCase() + name.slice(3) : name).replace(
    /^softmax$/,
    'softmaxLoss',
  )
  const psi = said<(options: Made) => Psi>(name, TORCH_MARGINS[key as MarginName])(options)
  const constants: Record<string, ArrayLike<number>> = { ...psi.constants }
  if (options.weight !== undefined) constants.weight = options.weight
  if (options.logitAdjustment !== undefined) {
    constants.priors = logPriors(name, options, options.logitAdjustment).dataSync()
  }
  const parts = [
    init(loss, options, constants),
    ...(centered ? [moveText(options)] : []),
    ...(psi.lines === '' ? [] : [`def psi(self, cos, u, v, y):\n${indented(psi.lines, 1)}`]),
    forward(loss, options, centered, psi.lines !== ''),
  ]
  const text = `class Loss(nn.Module):\n    """${name}: ${options.margin.equation}"""\n\n${indented(parts.join('\n\n'), 1)}`
  return { text, constants }
}

function init(loss: EmbeddingLoss, { sampledClasses }: Made, constants: Constants): string {
  const { tensors } = loss.state()
  const trained = new Set(Object.keys(loss.parameters).map(name => name.replace(/^W\.\d+$/, 'W')))
  const lines = Object.entries(tensors).map(([name, t]) =>
    trained.has(name)
      ? `self.${name} = nn.Parameter(torch.empty${literal(t.shape)})`
      : `self.register_buffer('${name}', torch.empty${literal(t.shape)})`,
  )
  for (const name of Object.keys(constants)) {
    lines.push(`self.register_buffer('${name}', constants['constant.${name}'], persistent=False)`)
  }
  lines.push('self.t = 0')
  if (sampledClasses !== undefined) lines.push('self.draws = None')
  return `def __init__(self, constants):\n    super().__init__()\n${indented(lines.join('\n'), 1)}`
}

/** How class centres follow the embeddings. */
function moveText(options: Made): string {
  const { estimator = centerDefaults.estimator } = options
  const rule: Estimator = ESTIMATORS[estimator]
  const rates: Rates = {
    alpha: options.alpha ?? rule.alpha ?? 1,
    cumulativeMean: options.cumulativeMean ?? false,
    batchMean: options.batchMean ?? false,
    momentum: options.momentum ?? 0,
    window: options.window ?? 8,
  }
  const lines = said<(rates: Rates) => string>(`estimator ${estimator}`, TORCH_ESTIMATORS[estimator])(rates)
  return `@torch.no_grad()
def move(self, x, y):
    """The centres follow the embeddings of all processes."""
    z, y = F.normalize(gathered(x)), gathered(y)
    counts = torch.bincount(y, minlength=len(self.centers)).to(z.dtype)[:, None]
    sums = torch.zeros_like(self.centers).index_add_(0, y, z)
    there = counts > 0
${indented(lines, 1)}`
}

function forward(loss: EmbeddingLoss, options: Made, centered: boolean, bends: boolean): string {
  const { margin, sampledClasses, focalGamma = 0, labelSmoothing = 0, pull = 0, reduction = 'mean' } = options
  const { s, unitX, unitW, annealing, detached } = margin
  const { tensors } = loss.state()
  const lines: string[] = []
  const update = [
    ...(centered ? ['self.move(x.detach(), y)'] : []),
    ...(sampledClasses ? ['self.draws.next()'] : []),
    'self.t += 1',
  ]
  const after = loss.updateAfter === true
  if (!after) lines.push(...update)
  const subtracts = centered && (options.subtractMean ?? true)
  const prototypes = centered
    ? subtracts
      ? 'F.normalize(self.centers - self.centers.mean(0))'
      : 'self.centers.clone()'
    : 'self.W'
  lines.push(`W = ${prototypes}`)
  if (sampledClasses !== undefined) {
    lines.push('classes, column, correction = self.draws.draw(gathered(y), y)', 'W = W[classes]')
  } else lines.push('column = y')
  lines.push(unitX || bends || pull > 0 ? 'u = F.normalize(x)' : '')
  if (unitW) lines.push('V = F.normalize(W)')
  lines.push(`z = ${s === 1 ? '' : `${literal(s)} * `}${unitX ? 'u' : 'x'} @ ${unitW ? 'V' : 'W'}.T`)
  if (bends) {
    lines.push(
      `w = W[column]`,
      `v = ${unitW ? 'V[column]' : 'F.normalize(w)'}`,
      'cos = (u * v).sum(1, keepdim=True)',
    )
    if (annealing !== undefined) {
      const { lambda0, lambdaMin, gamma, power } = annealing
      const t = after ? '(self.t + 1)' : 'self.t'
      lines.push(`lam = max(${lambdaMin}, ${lambda0} * (1 + ${gamma} * ${t}) ** -${power})`)
    }
    const bend = `${detached ? '(' : ''}self.psi(cos, u, v, y) - cos${detached ? ').detach()' : ''}`
    lines.push(`change = ${literal(s)} * (${bend})${annealing === undefined ? '' : ' / (1 + lam)'}`)
    if (!unitX) lines.push('change = change * x.norm(dim=1, keepdim=True)')
    if (!unitW) lines.push('change = change * w.norm(dim=1, keepdim=True)')
    lines.push('z = z.scatter_add(1, column[:, None], change)')
  }
  const rows = sampledClasses === undefined ? '' : '[classes]'
  if ('b' in tensors) lines.push(`z = z + self.b${rows}`)
  if (options.logitAdjustment !== undefined) lines.push(`z = z + self.priors${rows}`)
  if (sampledClasses?.corrected) lines.push('z = z + correction')
  const weighted = options.weight !== undefined
  const smooth = labelSmoothing > 0
  const ce = [
    "reduction='none'",
    ...(smooth ? [`label_smoothing=${labelSmoothing}`] : []),
    ...(smooth && weighted ? ['weight=self.weight'] : []),
  ]
  lines.push(`losses = F.cross_entropy(z, column, ${ce.join(', ')})`)
  if (focalGamma > 0) lines.push(`losses = (-torch.expm1(-losses)) ** ${focalGamma} * losses`)
  if (weighted && !smooth) lines.push('losses = self.weight[y] * losses')
  if (pull > 0) {
    const own = centered ? 'self.centers[y]' : sampledClasses ? 'W[column]' : 'self.W[y]'
    const chords = `(F.normalize(${own}) - u).square().sum(1)`
    lines.push(`losses = losses + ${pull} * ${weighted ? 'self.weight[y] * ' : ''}${chords}`)
  }
  if (after) lines.push(...update)
  if (reduction === 'sum')
    lines.push('return losses.sum() * world()  # DistributedDataParallel takes the mean over processes')
  else if (weighted) lines.push('return losses.sum() / mean_over_processes(self.weight[y].sum())')
  else lines.push('return losses.mean()')
  return `def forward(self, x, y):\n${indented(lines.filter(line => line !== '').join('\n'), 1)}`
}
