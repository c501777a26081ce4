import { Command, InvalidArgumentError, Option } from 'commander'
import { closest } from 'fastest-levenshtein'
import { backendOption, jobsOption, listOf, parseSeeds, wholeFrom } from '../../jobs/parse.ts'
import type { ProtocolName } from '../glyphs/protocol.ts'
import { NETS, SAMPLINGS } from './choices.ts'
import { DESCRIPTION, MORE } from './help.ts'
import { CENTERS, type CentersName, DEFAULTS } from './losses.ts'
import { RECIPES, type RecipeName } from './recipes.ts'
import type { Job } from './results.ts'
import { TABLES, type TableName } from './tables.ts'
import { lossNames, nameOf, variantOf } from './variants.ts'

export interface Options extends Omit<Job, 'loss' | 'seed' | 'steps'> {
  readonly loss: readonly string[]
  readonly seeds: readonly number[]
  readonly wRate: number
  readonly centers: CentersName
  readonly learnedEpochs: number
  readonly pull: number
  readonly tau: number
  readonly table: TableName | false
  readonly resume: boolean
  readonly json: boolean
  readonly out: string
  readonly jobs: number
}

const LOSS = ['normFace', 'irNormFace-previous']
const SEEDS = [0]

export function command(): Command {
  return new Command('npm run glyph-reid --')
    .description(DESCRIPTION)
    .addOption(
      new Option('--loss <names>', 'what to compare, separated by commas')
        .argParser(parseNames)
        .default(LOSS, LOSS.join(',')),
    )
    .addOption(
      new Option('--seeds <numbers>', 'a run of each loss for each, separated by commas')
        .argParser(parseSeeds)
        .default(SEEDS, SEEDS.join(',')),
    )
    .addOption(
      new Option('--protocol <name>', 'which images to train on')
        .choices(['natural', 'controlled'] satisfies ProtocolName[])
        .default('controlled'),
    )
    .option('--validation', 'train and judge on the validation split: choices are made there', false)
    .option('--full-gallery', 'judge on all images of P1 and P2, not on 12 an identity', false)
    .addOption(new Option('--net <name>', 'what embeds').choices(Object.keys(NETS)).default('convNet'))
    .option('--dim <number>', 'length of an embedding', wholeFrom(2), 64)
    .option('--epochs <number>', 'times through the training images', wholeFrom(1), 5)
    .option('--batch <number>', 'images a step', wholeFrom(2), 128)
    .addOption(
      new Option(
        '--sampling <name>',
        'how batches are drawn: every image alike, 4 images of each identity, every identity alike',
      )
        .choices(Object.keys(SAMPLINGS))
        .default('instances'),
    )
    .option('--augment', 'shift and scale the training images, add noise to them, and erase parts', false)
    .addOption(
      new Option('--w-rate <factor>', 'rate of learned prototypes, in rates of the net')
        .argParser(parsePositive)
        .default(DEFAULTS.wRate),
    )
    .addOption(
      new Option('--centers <name>', 'how class centres follow the embeddings')
        .choices(Object.keys(CENTERS))
        .default(DEFAULTS.centers),
    )
    .option(
      '--learned-epochs <epochs>',
      'learn the prototypes at first, before centres take over',
      parseAtLeast0,
      DEFAULTS.learnedEpochs,
    )
    .option(
      '--pull <number>',
      'draw embeddings to their prototypes: so many times the mean square of their distance',
      parseAtLeast0,
      DEFAULTS.pull,
    )
    .option(
      '--tau <number>',
      'adjust logits by so many log priors (balanced softmax: 1)',
      parseAtLeast0,
      DEFAULTS.tau,
    )
    .option('--evaluate-every <steps>', 'judge P1 along the way; 0 for never', wholeFrom(0), 0)
    .addOption(
      new Option('--table [name]', 'the losses and seeds of a table, going on with what <out> has')
        .choices(Object.keys(TABLES))
        .preset('variants')
        .default(false),
    )
    .addOption(
      new Option(
        '--recipe <name>',
        'a training of the field: its loss, and its sampling unless one is given',
      ).choices(Object.keys(RECIPES)),
    )
    .option('--resume', 'go on with what <out> has', false)
    .option('--out <folder>', 'where the report goes', 'report/glyphs')
    .option('--json', 'a line of JSON a run on standard output, and no table', false)
    .addOption(backendOption())
    .addOption(jobsOption())
    .addHelpText('after', MORE)
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
}

/** The options in `argv`, without node's own two. Ends the process with a message on bad ones. */
export function parseOptions(argv: readonly string[]): Options {
  const parsed = command().parse(argv, { from: 'user' })
  return completed(parsed)
}

/** Options that fill in what a name leaves unsaid. */
const OF_VARIANTS = ['wRate', 'centers', 'learnedEpochs', 'pull', 'tau'] as const

/** The options as they hold: names in full, and what `--table` stands for. */
export function completed(parsed: Command): Options {
  const { recipe: recipeName, ...options } = parsed.opts<Options & { recipe?: RecipeName }>()
  const given = (name: string): boolean => ![undefined, 'default'].includes(parsed.getOptionValueSource(name))
  const recipe = recipeName && RECIPES[recipeName]
  const { wRate, centers, learnedEpochs, pull, tau } = options
  const table = options.table === false ? undefined : TABLES[options.table]
  const changed = OF_VARIANTS.filter(given)
  if (table !== undefined && !given('loss') && changed.length > 0) {
    parsed.error(
      `error: the variants of --table are as named; --loss expected with --${changed[0].replace(/[A-Z]/g, c => `-${c.toLowerCase()}`)}`,
    )
  }
  const other = ['loss', 'table'].find(given)
  if (recipe !== undefined && other !== undefined) {
    parsed.error(`error: --recipe or --${other} expected, got both`)
  }
  const names = given('loss') ? options.loss : (recipe?.loss ?? table?.losses ?? options.loss)
  return {
    ...options,
    loss: [
      ...new Set(
        names.map(name => nameOf(variantOf(name, { ...DEFAULTS, wRate, centers, learnedEpochs, pull, tau }))),
      ),
    ],
    seeds: given('seeds') ? options.seeds : (table?.seeds ?? options.seeds),
    sampling: recipe === undefined || given('sampling') ? options.sampling : recipe.sampling,
    resume: options.resume || table !== undefined,
  }
}

/** One job a loss and seed, seed by seed, so that an early end leaves losses that can be compared. */
export function jobsOf(options: Options, trainImages: number): Job[] {
  const { protocol, validation, net, dim, epochs, batch, sampling, augment } = options
  const { evaluateEvery, fullGallery, backend } = options
  if (trainImages < batch) {
    throw new Error(`--batch: at most the ${trainImages} images of the training set expected, got ${batch}`)
  }
  const steps = Math.floor(trainImages / batch) * epochs
  const same = { protocol, validation, net, dim, epochs, steps, batch, sampling, augment }
  return options.seeds.flatMap(seed =>
    options.loss.map(loss => ({ loss, seed, ...same, evaluateEvery, fullGallery, backend })),
  )
}

function parseNames(text: string): string[] {
  return listOf(text, name => {
    const [loss] = name.split('-')
    if (!lossNames.includes(loss)) {
      throw new InvalidArgumentError(`"${loss}" is not a loss. Did you mean ${closest(loss, lossNames)}?`)
    }
    try {
      variantOf(name)
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message.replace('variantOf: ', ''))
    }
    return name
  })
}

function parsePositive(text: string): number {
  if (parseAtLeast0(text) === 0) throw new InvalidArgumentError('A number > 0 expected.')
  return Number(text)
}

function parseAtLeast0(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('A number >= 0 expected.')
  return Number(text)
}
