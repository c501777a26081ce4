import {
  checkFlag,
  checkFunction,
  checkGiven,
  checkInteger,
  checkNumber,
  checkOptions,
  type OptionNames,
  refusal,
} from '../../engine/check.ts'
import type { Chance, Tensor } from '../../engine/index.ts'
import { CHANCE, seedOf } from '../../engine/random.ts'
import { checkLabels, type Labels } from '../../losses/labels.ts'
import type { EmbeddingLoss, Loss } from '../../losses/loss.ts'
import { checkCallable, checkCalled } from '../checks.ts'
import type { Sampling } from '../data/samplers.ts'
import { checkSamples, type Source } from '../data/source.ts'
import type { Layer } from '../layers/layer.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import { constant, type Schedule, warmupCosine } from '../optim/schedule.ts'
import type { Progress, Report } from './progress.ts'

/** `seed` or `rng` are of the order of the samples; default seed 0. */
export interface TrainerOptions<L extends EmbeddingLoss = Loss> extends Chance {
  net: Layer
  loss: L
  /** Over the net's parameters and the loss's; what is to stay as it is goes into a group of rate 0. */
  optimizer: Optimizer
  /** All training data, x[N,...] with N at least `batch`: a tensor, or what makes batches of images kept as bytes (`pixels`). */
  x: Tensor | Source
  y: Labels
  /** Samples a step. Default 64. */
  batch?: number
  /** Which samples make a batch. Default `instances()`: every sample once an epoch. */
  sampling?: Sampling
  /** Factor on the rates at each step. Default `constant()`. */
  schedule?: Schedule
  /** Bounds on each step's gradients: their common length, or each element. */
  clip?: ClipOptions
}

export interface ClipOptions {
  norm?: number
  value?: number
}

export interface RunOptions {
  /** How many to take now, after those already taken. */
  steps: number
  /** `true` draws a bar on standard error, a text is the bar's label; or what draws for you. Default false. */
  progress?: boolean | string | Progress
  /** Report what pulls and pushes each prototype (`Report`), of a margin loss; it costs a pass over the logits. Default false. */
  forces?: boolean
  /** Called after each step, and awaited; `false` ends the run. */
  onStep?: (report: Report) => unknown
}

const TRAINER = {
  net: true,
  loss: true,
  optimizer: true,
  x: true,
  y: true,
  batch: true,
  sampling: true,
  schedule: true,
  clip: true,
  ...CHANCE,
} satisfies OptionNames<TrainerOptions>

const RUN = {
  steps: true,
  progress: true,
  forces: ['diagnose'],
  onStep: true,
} satisfies OptionNames<RunOptions>

interface Settings<L extends EmbeddingLoss> extends Required<Omit<TrainerOptions<L>, 'sampling' | 'rng'>> {
  sampling: Sampling | undefined
}

/** What a trainer was made of, beside what it shows. */
export type TrainerRecipe = Pick<
  Required<TrainerOptions>,
  'x' | 'y' | 'batch' | 'sampling' | 'schedule' | 'clip'
>

/** All options of a trainer, checked, defaults filled in; labels against the loss's classes. */
export function trainerOptions<L extends EmbeddingLoss>(options: TrainerOptions<L>): Settings<L> {
  const op = 'Trainer'
  checkGiven(op, options, TRAINER)
  const { net, loss, optimizer, x, batch = 64, sampling, schedule = constant(), clip = {} } = options
  checkCallable(op, 'net', net, 'a net')
  checkCallable(op, 'loss', loss, 'a loss', ['update', 'refresh'])
  checkOptimizer(op, { net, loss, optimizer })
  checkSamples(op, x)
  const y = checkLabels(`${op}: ${loss.name}`, options.y, x.shape[0], loss.classes)
  checkCalled(op, 'schedule', schedule, { constant, warmupCosine })
  checkOptions(`${op}: clip`, clip, { norm: true, value: true })
  for (const [name, limit] of Object.entries(clip)) {
    if (limit !== undefined) checkNumber(`${op}: clip`, name, limit, 0)
  }
  return { net, loss, optimizer, x, y, batch, sampling, schedule, clip, seed: seedOf(op, options, 0) }
}

type Trained = Pick<TrainerOptions<EmbeddingLoss>, 'net' | 'loss' | 'optimizer'>

/** Throws unless the optimiser has all parameters of the net and the loss. */
function checkOptimizer(op: string, { net, loss, optimizer }: Trained): void {
  const { parameters, step } = optimizer ?? {}
  if (typeof parameters !== 'object' || typeof step !== 'function') {
    throw refusal(op, 'optimizer as an optimizer, such as adam(net.parameters),', optimizer)
  }
  const trained = new Set(Object.values(parameters))
  for (const [owner, part] of Object.entries({ net, loss })) {
    const left = Object.keys(part.parameters).filter(name => !trained.has(part.parameters[name]))
    if (left.length > 0) {
      throw new Error(
        `${op}: an optimizer of all parameters expected, got one without ${owner}'s ${left}, such as ` +
          'adam([{ parameters: net.parameters }, { parameters: loss.parameters }])',
      )
    }
  }
}

/** The options of a run, checked. */
export function runOptions(options: RunOptions): RunOptions {
  const op = 'Trainer.run'
  checkGiven(op, options, RUN)
  const { steps, progress, forces = false, onStep } = options
  checkFlag(op, 'forces', forces)
  checkInteger(op, 'steps', steps, 0)
  if (onStep !== undefined) checkFunction(op, 'onStep', onStep)
  const parts = ['start', 'update', 'stop'] as const
  const drawn = typeof progress === 'object' && parts.every(part => typeof progress?.[part] === 'function')
  if (!drawn && !['undefined', 'boolean', 'string'].includes(typeof progress)) {
    throw refusal(op, 'progress as true, a label, or { start, update, stop }', progress)
  }
  return options
}
