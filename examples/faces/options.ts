import { Command, InvalidArgumentError, Option } from 'commander'
import { LOSSES } from '../../losses/index.ts'
import { jobsOption, parseLosses, parseSeeds, wholeFrom } from '../jobs/parse.ts'
import { NETS, type NetName } from './nets.ts'
import { counts, FULL, QUICK, type Size } from './people.ts'
import type { Job } from './results.ts'

export interface Options {
  readonly losses: readonly string[]
  readonly seeds: readonly number[]
  readonly net: NetName
  readonly epochs: number
  readonly batch: number
  readonly rate: number
  readonly quick: boolean
  readonly set: string
  readonly out: string
  readonly json: boolean
  readonly resume: boolean
  readonly jobs: number
}

const NAMES = LOSSES.filter(row => row.margin !== 'none').map(row => row.name)
const DEFAULTS = ['cosFace', 'irCosFace']

const DESCRIPTION = `The whole way of a face net, on people that the program draws: more than 26,000 pictures of 10,000 people, 112x112 in colour, from 60 of the commonest down to 2; written as folders of JPEG files and as train.rec with train.idx; a net trained on the .rec with images decoded ahead and sampled classes; 600 strangers verified as LFW is, from a .bin. Prints a table, and writes a report with pictures to <out>/index.html and its figures to <out>/results.json.`

const MORE = `
With --quick: 50 people, 40 strangers, a tiny net: two minutes.

With --json, one line a run: {loss, seed, accuracy, error, auc, rates, trained, waited, imagesPerSecond, peakBytes, steps, seconds}
  accuracy  ten-fold, 0 to 1, and its standard error; the images' flips are added
  rates     {far, tar, allowed}: true accepts at a rate of false ones, and how many pairs that rate allows
  trained   numbers of class weights that the optimiser trains: class centres have none
  waited    seconds that steps waited for images
  seconds   wall time of the run

Ctrl-C ends the training early and leaves a report of the runs that are done; again, it ends at once. The drawing goes on where it was.
Each run that is done goes to <out>/runs.jsonl, and --resume takes it from there.

Examples:
  $ npm run faces -- --quick
  $ npm run faces -- --net irNet18 --rate 1 --epochs 4
  $ npm run --silent faces -- --quick --json`

export function command(): Command {
  return new Command('npm run faces --')
    .description(DESCRIPTION)
    .addOption(
      new Option('--losses <names>', 'what to compare, separated by commas')
        .argParser(parseLosses(NAMES))
        .default(DEFAULTS, DEFAULTS.join(',')),
    )
    .addOption(
      new Option('--seeds <numbers>', 'a run of each loss for each, separated by commas')
        .argParser(parseSeeds)
        .default([0], '0'),
    )
    .addOption(new Option('--net <name>', 'what embeds').choices(Object.keys(NETS)).default('mobileFaceNet'))
    .option('--epochs <number>', 'passes over all images', wholeFrom(1), 8)
    .option('--batch <number>', 'images a step', wholeFrom(2), 64)
    .option('--rate <share>', 'the share of the classes that a step sees', share, 0.1)
    .option('--quick', 'few people and the tiny net', false)
    .option('--set <folder>', 'where the pictures go', 'report/faces/set')
    .option('--out <folder>', 'where the report goes', 'report/faces')
    .option('--json', 'a line of JSON a run on standard output, and no table', false)
    .option('--resume', 'do not do again what <out>/runs.jsonl has', false)
    .addOption(jobsOption())
    .addHelpText('after', MORE)
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
}

function share(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1)) throw new InvalidArgumentError('A number above 0, up to 1, expected.')
  return value
}

/** The options in `argv`, without node's own two; with --quick, what was not given is small. Ends the process with a message on bad ones. */
export function parseOptions(argv: readonly string[]): Options {
  const parsed = command().parse(argv, { from: 'user' })
  const options = parsed.opts<Options>()
  if (!options.quick) return options
  const small: Partial<Options> = {
    net: 'tiny',
    epochs: 10,
    batch: 32,
    rate: 1,
    set: 'report/faces-quick/set',
    out: 'report/faces-quick',
  }
  const given = Object.keys(small).filter(name => parsed.getOptionValueSource(name) === 'cli')
  return {
    ...options,
    ...small,
    ...Object.fromEntries(given.map(name => [name, parsed.getOptionValue(name)])),
  }
}

export const sizeOf = ({ quick }: Pick<Options, 'quick'>): Size => (quick ? QUICK : FULL)

/** One job a loss and seed, seed by seed, so that an early end leaves losses that can be compared. */
export function jobsOf(options: Options): Job[] {
  const { losses, seeds, epochs, batch, net, rate, set } = options
  const images = counts(sizeOf(options)).reduce((a, b) => a + b, 0)
  const steps = Math.ceil((epochs * images) / batch)
  return seeds.flatMap(seed => losses.map(loss => ({ loss, seed, steps, batch, net, rate, folder: set })))
}
