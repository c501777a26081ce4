import { Command, InvalidArgumentError, Option } from 'commander'
import type { StartName } from '../../engine/index.ts'
import { backendOption, jobsOption, parseLosses, parseSeeds, wholeFrom, wrapped } from '../jobs/parse.ts'
import { lossNames } from './losses.ts'
import type { Job } from './results.ts'

export interface Options {
  readonly losses: readonly string[]
  readonly seeds: readonly number[]
  readonly steps: number
  readonly imbalance: number
  readonly dim: number
  readonly out: string
  readonly json?: boolean
  readonly backend: StartName
  readonly jobs: number
}

const LOSSES = ['normFace', 'irNormFace', 'cosFace', 'irCosFace']

const DESCRIPTION = `Trains a small net on long-tailed handwritten digits, once for each loss and seed, and compares them: ten classes of 690 down to 7 images, tested on up to 190 others of each. Prints a table, and writes a report with pictures to <out>/index.html and the same figures to <out>/results.json.`

const MORE = `
Losses:
  ${wrapped(lossNames, 90).join('\n  ')}
  "ir" before a name: the class centres stand in for the learned prototypes (IR-Softmax).

With --json, one line a run: {loss, seed, accuracy, tail, ncm, angleHead, angleTail, seconds}
  accuracy   balanced accuracy, the mean of the accuracies of the classes, 0 to 1
  tail       the same over the four smallest classes
  ncm        balanced accuracy of the nearest class mean, which ignores the prototypes
  angleHead  mean angle between prototype and class centre of the four largest classes, in radians
  angleTail  the same of the four smallest (the table and the report show degrees)
  seconds    wall time of the run

Ctrl-C ends the training early and leaves a report, marked as partial, of what there is; again, it ends at once.

Examples:
  $ npm start
  $ npm start -- --losses normFace,irNormFace --seeds 0,1,2,3,4
  $ npm start -- --losses softmax,irSoftmax --imbalance 10 --out report-10
  $ npm start --silent -- --json --seeds 0,1 > runs.jsonl`

export function command(): Command {
  return new Command('npm start --')
    .description(DESCRIPTION)
    .addOption(
      new Option('--losses <names>', 'what to compare, separated by commas')
        .argParser(parseLosses(lossNames))
        .default(LOSSES, LOSSES.join(',')),
    )
    .addOption(
      new Option('--seeds <numbers>', 'a run of each loss for each, separated by commas')
        .argParser(parseSeeds)
        .default([0], '0'),
    )
    .option('--steps <number>', 'training steps of 64 images', wholeFrom(1), 1000)
    .option('--imbalance <ratio>', 'largest class over smallest', parseImbalance, 100)
    .option('--dim <number>', 'length of an embedding; in 2 it is drawn', wholeFrom(2), 2)
    .option('--out <folder>', 'where the report goes', 'report')
    .option('--json', 'a line of JSON a run on standard output, and no table')
    .addOption(backendOption())
    .addOption(jobsOption())
    .addHelpText('after', MORE)
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
}

/** The options in `argv`, without node's own two. Ends the process with a message on bad ones. */
export const parseOptions = (argv: readonly string[]): Options =>
  command().parse(argv, { from: 'user' }).opts<Options>()

/** One job a loss and seed, seed by seed, so that an early end leaves losses that can be compared. */
export const jobsOf = ({ losses, seeds, steps, imbalance, dim, backend }: Options): Job[] =>
  seeds.flatMap(seed => losses.map(loss => ({ loss, seed, steps, imbalance, dim, backend })))

function parseImbalance(text: string): number {
  const ratio = text.trim() === '' ? Number.NaN : Number(text)
  if (!(ratio >= 1 && ratio < Infinity)) throw new InvalidArgumentError('A number >= 1 expected.')
  return ratio
}
