import type { TypedArray } from '../../engine/index.ts'
import { recipeOf } from '../../engine/recipe.ts'
import { logPriors } from '../../losses/imbalance.ts'
import type { EmbeddingLoss } from '../../losses/loss.ts'
import type { Margin } from '../../losses/margins/margin.ts'
import type { AnyLossOptions } from '../../losses/row.ts'
import { logitsLines, marginMethods } from './logits.ts'
import { checkLossOptions } from './lossOptions.ts'
import { type MarginName, TORCH_MARGINS } from './margins.ts'
import { torchName, trainedOfLoss } from './names.ts'
import { centersText, learnedText, type PrototypeText } from './prototypes.ts'
import type { Psi } from './psi.ts'
import { docstring, indented, literal, said } from './python.ts'
import { lossLines, reducedLine } from './reduction.ts'

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
  const centered = name.startsWith('ir')
  const key = (centered ? name.slice(2, 3).toLowerCase() + name.slice(3) : name).replace(
    /^softmax$/,
    'softmaxLoss',
  )
  const psi = said<(options: Made) => Psi>(name, TORCH_MARGINS[key as MarginName])(options)
  const prototypes = centered ? centersText(loss, options) : learnedText(options)
  const constants: Record<string, ArrayLike<number>> = { ...psi.constants, ...prototypes.constants }
  if (options.weight !== undefined) constants.weight = options.weight
  if (options.logitAdjustment !== undefined) {
    constants.priors = logPriors(name, options, options.logitAdjustment).dataSync()
  }
  const parts = [
    init(loss, options, constants),
    ...prototypes.methods,
    ...marginMethods(psi),
    forward(loss, options, prototypes, psi),
  ]
  const head = docstring(`${name}: ${options.margin.equation}`)
  const text = `class Loss(nn.Module):\n${indented(`${head}\n\n${parts.join('\n\n')}`, 1)}`
  return { text, constants }
}

function init(loss: EmbeddingLoss, { sampledClasses, queue }: Made, constants: Constants): string {
  const { tensors } = loss.state()
  const trained = new Set(trainedOfLoss(loss).values())
  const lines = Object.entries(tensors).map(([name, { shape }]) => {
    const empty = shape.length === 0 ? 'torch.tensor(0.0)' : `torch.empty${literal(shape)}`
    const own = torchName(name)
    return trained.has(name)
      ? `self.${own} = nn.Parameter(${empty})`
      : `self.register_buffer('${own}', ${empty})`
  })
  for (const name of Object.keys(constants)) {
    const column = name === 'share' ? '[:, None]' : ''
    lines.push(`self.register_buffer('${name}', constants['constant.${name}']${column}, persistent=False)`)
  }
  lines.push('self.t = 0  # steps so far, that of this batch included')
  if (sampledClasses !== undefined) lines.push('self.draws = None')
  if (queue !== undefined) lines.push('self.labels = []  # of the last samples')
  return `def __init__(self, constants):\n    super().__init__()\n    # Values come from the files.\n${indented(lines.join('\n'), 1)}`
}

const SYMBOLS = `"""x [N,D] and y [N] of this process -> its loss. z [N,C] are logits; cos [N,1] is that of each sample with its own class."""`

function forward(loss: EmbeddingLoss, options: Made, prototypes: PrototypeText, psi: Psi): string {
  const { sampledClasses } = options
  const { tensors } = loss.state()
  const bias = Object.keys(tensors).some(name => torchName(name) === 'b')
  const rows = sampledClasses === undefined ? '' : '[classes]'
  const { W, own, update, after, added } = prototypes
  const follow = [...update, ...(sampledClasses ? ['self.draws.next()'] : [])]
  const lines = [
    'self.t += 1',
    ...(after ? [] : follow),
    `W = ${W}`,
    ...(sampledClasses
      ? ['classes, column, correction = self.draws.draw(gathered(y), y)', 'W = W[classes]']
      : []),
    ...logitsLines(options, psi),
    ...(bias ? [`z = z + self.b${options.margin.binary === undefined ? rows : ''}`] : []),
    ...(added === undefined ? [] : [`z = z + ${added}`]),
    ...(options.logitAdjustment === undefined ? [] : [`z = z + self.priors${rows}`]),
    ...(sampledClasses?.corrected ? ['z = z + correction'] : []),
    ...lossLines(options, own),
    ...(after ? follow : []),
    reducedLine(options),
  ]
  // Where all classes are seen, a label is the number of its column.
  const text = sampledClasses ? lines.join('\n') : lines.join('\n').replaceAll(/\bcolumn\b/g, 'y')
  return `def forward(self, x, y):\n${indented(`${SYMBOLS}\n${text}`, 1)}`
}
