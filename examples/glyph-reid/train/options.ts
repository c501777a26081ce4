import { availableParallelism } from 'node:os'
import { Command, InvalidArgumentError, Option } from 'commander'
import { closest } from 'fastest-levenshtein'
import { BACKEND_NAMES, listOf, parseSeeds, wholeFrom, wrapped } from '../../jobs/parse.ts'
import type { ProtocolName } from '../glyphs/protocol.ts'
import { CENTERS, type CentersName } from './losses.ts'
import { NETS } from './nets.ts'
import type { Job } from './results.ts'
import { SAMPLINGS } from './samplings.ts'
import { DEFAULTS, lossNames, nameOf, TABLE, variantOf } from './variants.ts'

export interface Options extends Omit<Job, 'loss' | 'seed' | 'steps'> {
  readonly loss: readonly string[]
  readonly seeds: readonly number[]
  readonly wRate: number
  readonly centers: CentersName
  readonly warm: number
  readonly tau: number
  readonly table: boolean
  readonly resume: boolean
  readonly json: boolean
  readonly out: string
  readonly jobs: number
}

const LOSS = ['normFace', 'irNormFace-late']
const SEEDS = [0]
const TABLE_SEEDS = [0, 1, 2]

const DESCRIPTION = `Trains a net on the glyph data set, once for each loss and seed: characters in many typefaces, most of them rare. Judges it on identities and on font families that it was never trained on. Prints a table, and writes a report to <out>/index.html, the figures to <out>/results.json. The first time it installs the fonts and builds the set.`

const MORE = `
Losses:
  ${wrapped(lossNames, 90).join('\n  ')}
  "ir" before a name: class centres stand in for the learned prototypes (IR-Softmax). What differs from the options
  stands after hyphens: cosFace-x1 is learned at the rate of the net, irCosFace-late-tau1 takes other centres and
  adjusts its logits, irSphereFace-warm2 is learned for two epochs and takes centres then,
  irCosFace-late-shrunk and cosFace-uncertain are tries of ours.

Centres:
  ema    moving averages of rate 0.1
  late   plain means at first, then moving averages of rate 0.3; the loss sees them as they were before its batch

With --json, one line a run: {loss, protocol, seed, net, dim, p1, p2, closed, angle, trainSeconds, seconds}
  p1        identities never trained on, in font families trained on: {rank1, rank5, map, auc, tar, tar2}; retrieval
            among the images of other families, verification over pairs of different families, tar at a false accept
            rate of 1e-3, tar2 at 1e-2
  p2        the same in font families never trained on
  closed    identities trained on, in font families never trained on: balanced accuracy {all, many, medium, few} by
            the prototypes, and ncm, by the nearest class mean; many have >= 30 training images, few at most 5
  angle     mean angle between prototype and centre of the training images {many, medium, few}, in radians
  seconds   wall time of the run, of which trainSeconds in training

Ctrl-C ends the training early and leaves a report, marked as partial, of what there is; again, it ends at once. Every
epoch leaves a checkpoint in <out>/checkpoints; with --resume the same command goes on from there, to the same bits.

Examples:
  $ npm run glyph-reid
  $ npm run glyph-reid -- --loss cosFace,cosFace-x1,irCosFace,irCosFace-late --seeds 0,1,2
  $ npm run glyph-reid -- --validation --loss normFace --w-rate 10
  $ npm run glyph-reid -- --table
  $ npm run --silent glyph-reid -- --loss normFace --json > run.jsonl`

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
      '--warm <epochs>',
      'learn the prototypes at first, before centres take over',
      parseAtLeast0,
      DEFAULTS.warm,
    )
    .option(
      '--tau <number>',
      'adjust logits by so many log priors (balanced softmax: 1)',
      parseAtLeast0,
      DEFAULTS.tau,
    )
    .option('--evaluate-every <steps>', 'judge P1 along the way; 0 for never', wholeFrom(0), 0)
    .option(
      '--table',
      `all ${TABLE.length} variants for seeds ${TABLE_SEEDS}, going on with what <out> has`,
      false,
    )
    .option('--resume', 'go on with what <out> has', false)
    .option('--out <folder>', 'where the report goes', 'report/glyphs')
    .option('--json', 'a line of JSON a run on standard output, and no table', false)
    .addOption(new Option('--backend <name>', 'what computes').choices(BACKEND_NAMES).default('auto', 'auto'))
    .addOption(
      new Option('--jobs <number>', 'runs at a time; the figures do not depend on it')
        .argParser(wholeFrom(1))
        .default(availableParallelism(), 'one a core'),
    )
    .addHelpText('after', MORE)
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
}

/** The options in `argv`, without node's own two. Ends the process with a message on bad ones. */
export function parseOptions(argv: readonly string[]): Options {
  const parsed = command().parse(argv, { from: 'user' })
  return completed(parsed)
}

/** The options as they hold: names in full, and what `--table` stands for. */
export function completed(parsed: Command): Options {
  const options = parsed.opts<Options>()
  const given = (name: string): boolean => parsed.getOptionValueSource(name) !== 'default'
  const { table, wRate, centers, warm, tau } = options
  const names = table && !given('loss') ? TABLE : options.loss
  return {
    ...options,
    loss: [
      ...new Set(names.map(name => nameOf(variantOf(name, { ...DEFAULTS, wRate, centers, warm, tau })))),
    ],
    seeds: table && !given('seeds') ? TABLE_SEEDS : options.seeds,
    resume: options.resume || table,
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
