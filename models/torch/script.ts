import { refusal } from '../../engine/check.ts'
import { recipeOf } from '../../engine/recipe.ts'
import type { EmbeddingLoss } from '../../losses/loss.ts'
import { sampleSize } from '../../losses/sampledClasses.ts'
import type { Trained } from '../optim/groups.ts'
import type { TrainerRecipe } from '../train/options.ts'
import type { Trainer } from '../train/trainer.ts'
import { formOf } from './forms.ts'
import { DRAWS, GENERATOR, NORMALS } from './generator.ts'
import { LAMB } from './lamb.ts'
import { lossText } from './loss.ts'
import { fixedNames, namesOf, trainedNames } from './names.ts'
import { netProgram } from './net.ts'
import { ANGLES } from './psi.ts'
import { indented, literal } from './python.ts'
import { HEAD, MAIN, PROCESSES, SAFETENSORS, TOOLS } from './texts.ts'
import { type OptimizerForm, TORCH_OPTIMIZERS, TORCH_SAMPLINGS, TORCH_SCHEDULES } from './training.ts'

/** The trainer's recipe. Throws where it was not made by `new Trainer`. */
export function trainerRecipe(trainer: Trainer<EmbeddingLoss>, op = 'exportTorch'): TrainerRecipe {
  const recipe = recipeOf(trainer)
  if (recipe?.name !== 'Trainer') throw refusal(op, 'a Trainer', trainer)
  return recipe.options as TrainerRecipe
}

/** The form of the trainer's optimiser. Throws where there is none. */
export function optimizerForm(trainer: Trainer<EmbeddingLoss>): OptimizerForm {
  return formOf('optimizer', trainer.optimizer, TORCH_OPTIMIZERS)
}

/** What tools.py has in every program, and what it has where the program uses it. */
const ALWAYS = [TOOLS, PROCESSES, SAFETENSORS, GENERATOR]
const ON_DEMAND: Readonly<Record<string, string>> = {
  Draws: DRAWS,
  Lamb: LAMB,
  normals: NORMALS,
  ...ANGLES,
}
const IN_TOOLS = [
  'Generator',
  'load',
  'load_data',
  'save',
  'gathered',
  'mean_over_processes',
  'rank',
  'world',
]

/** The files of Python, and the numbers by class that they read beside the state. */
export function programs(trainer: Trainer<EmbeddingLoss>) {
  const { net, loss } = trainer
  const { x, batch, sampling, schedule, clip } = trainerRecipe(trainer)
  const { text, constants } = lossText(loss)
  const sampled = sampledClasses(loss)
  const { moments, counts } = optimizerForm(trainer)
  const groups = groupsText(trainer)
  const main = {
    moments: Object.values(moments),
    counts,
    fixed: fixedNames(net, loss),
    clip: clipLines(clip),
    sampled,
    queued: (recipeOf(loss)!.options as { queue?: number }).queue !== undefined,
    refreshEvery: loss.refreshEvery,
  }
  const body = [
    text,
    formOf<string>('sampling', sampling, TORCH_SAMPLINGS),
    `def factor(t):\n    """On all rates at step t = 0, 1, .."""\n${indented(formOf<string>('schedule', schedule, TORCH_SCHEDULES), 1)}`,
    `def build_optimizer(model):\n${indented(groups.text, 1)}`,
    MAIN(main),
  ]
  const whole = `\n\n\n${body.join('\n\n\n')}\n`
  const uses = (name: string): boolean => new RegExp(`(?<![.\\w])${name}\\(`).test(whole)
  const onDemand = Object.keys(ON_DEMAND).filter(uses)
  const used = [...IN_TOOLS.filter(uses), ...onDemand].sort()
  const imports = `from net import ${groups.names.length > 0 ? 'GROUPS, ' : ''}build_net\nfrom tools import ${used.join(', ')}`
  const tools = [...ALWAYS, ...onDemand.map(name => ON_DEMAND[name])]
  return {
    programs: {
      'train.py': `${whole.includes('math.') ? HEAD : HEAD.replace('import math\n', '')}\n\n${imports}\n\nBATCH = ${batch}  # samples a step and process${whole}`,
      'net.py': netProgram(net, x.shape.slice(1), groups.names),
      'tools.py': `${tools.join('\n\n\n')}\n`,
    },
    constants,
  }
}

/** The classes, and how many of them a step sees, where it sees a part. */
function sampledClasses(loss: EmbeddingLoss): string | undefined {
  const options = recipeOf(loss)!.options as { classes: number; sampledClasses?: { rate?: number } }
  const sample = sampleSize('exportTorch', options.classes, options.sampledClasses)
  return sample && `${options.classes}, ${sample.size}`
}

function clipLines({ norm, value }: TrainerRecipe['clip']): string[] {
  const lines: string[] = []
  if (value !== undefined) lines.push(`nn.utils.clip_grad_value_(trained.values(), ${literal(value)})`)
  if (norm !== undefined) lines.push(`nn.utils.clip_grad_norm_(trained.values(), ${literal(norm)})`)
  return lines
}

interface GroupText {
  /** Names of parameters, for net.py; none where a group is the whole net or loss. */
  readonly names: readonly (readonly string[])[]
  readonly text: string
}

/** Groups of one rate and decay each; the whole net, or the whole loss, where these have one. */
function groupsText(trainer: Trainer<EmbeddingLoss>): GroupText {
  const { net, loss, optimizer } = trainer
  const { rates } = recipeOf(optimizer)!.options as { rates: Readonly<Record<string, Trained>> }
  const { named } = namesOf(net, loss)
  const groups = new Map<string, string[]>()
  for (const [name, key] of trainedNames(net, loss, optimizer)) {
    const { lr, weightDecay } = rates[key] ?? rates[`${key}.0`]
    const rate = `'initial_lr': ${literal(lr)}, 'weight_decay': ${literal(weightDecay)}`
    const { theirs } = named.find(({ ours }) => ours === name)!
    groups.set(rate, [...(groups.get(rate) ?? []), theirs])
  }
  const partsOf = (names: readonly string[]): string[] => [...new Set(names.map(name => name.split('.')[0]))]
  const all = [...groups.values()].flatMap(partsOf)
  const whole = new Set(all).size === all.length
  const owners = [...groups.values()].map((names, i) =>
    whole
      ? partsOf(names)
          .map(part => `*model.${part}.parameters()`)
          .join(', ')
      : `model.get_parameter(name) for name in GROUPS[${i}]`,
  )
  const lines = [...groups.keys()].map((rate, i) => `    {'params': [${owners[i]}], ${rate}},`)
  const { call } = optimizerForm(trainer)
  return {
    names: whole ? [] : [...groups.values()],
    text: `groups = [\n${lines.join('\n')}\n]\nfor group in groups:\n    group['lr'] = group['initial_lr']\nreturn ${call}`,
  }
}
