import { Command, InvalidArgumentError, Option } from 'commander'
import { jobsOption, listOf, parseLosses, parseSeeds, wholeFrom, wrapped } from '../jobs/parse.ts'
import { SIZES } from './folder.ts'
import type { RateOptions } from './rates.ts'
import { FAMILIES, ROWS } from './rows.ts'
import { BATCH, EPOCHS } from './run.ts'

export interface Options extends Omit<RateOptions, 'steps'> {
  readonly epochs: number
  readonly out: string
  readonly json: boolean
  readonly resume: boolean
  readonly jobs: number
}

const NAMES = ROWS.map(row => row.name)
const IMAGES = SIZES.reduce((a, b) => a + b)

const DESCRIPTION = `Which loss? Draws twelve kinds of shapes, 64x64 in colour with noise and clutter, ${IMAGES} images to train on, 40 of the commonest kind down to 4 of the rarest, and trains the README's program for a folder of images on them once for each loss, at its defaults, and seed. The rates are chosen for each loss on a set of another seed. Prints a table, and writes a report with a picture to <out>/index.html and the same figures to <out>/results.json.`

const MORE = `
Losses:
${(Object.keys(FAMILIES) as (keyof typeof FAMILIES)[])
  .map(family => {
    const names = ROWS.filter(row => row.family === family).map(row => row.name)
    return `  ${FAMILIES[family]}:\n    ${wrapped(names, 88).join('\n    ')}`
  })
  .join('\n')}
  "ir" before a name: class centres stand in for the learned weights. "-norm" after it: the length of x stands in for the scale.
  Losses of pairs, bnneck and names with "-pk" see batches of 8 kinds with 4 images each, the others every image once an epoch.
  contrastive-memory has the last batches beside its own, centerLoss stands beside softmax, twoHeads is sphereFace with
  centerBlend and irSphereFace, bnneck is softmax after a batch norm with triplets before it.

With --json, one line a run: {loss, seed, lr, times, accuracy, tail, train, ncm, mAP, tar, stepMs, peakBytes, seconds}
  lr, times  the net's rate, and the rate of what the loss learns in rates of the net; a loss that learns nothing has no times
  accuracy   balanced accuracy on 30 new images a kind, the mean of the accuracies of the kinds, 0 to 1; by the nearest class
             mean where the loss has neither weights nor centres
  tail       the same over the four rarest kinds
  train      balanced accuracy on the training images
  ncm        balanced accuracy of the nearest class mean
  mAP        of retrieval among 25 images each of twelve kinds that were not trained on, 0 to 1
  tar        pairs of one such kind that are accepted at the threshold that accepts 1 % of the pairs of two, 0 to 1
  stepMs     processor time of a step in milliseconds, the median, on one thread
  peakBytes  the most bytes in use at once during a step: images, net, optimiser and loss
  seconds    wall time of the run

A run takes 7 to 10 seconds on a core of a Xeon, and a loss has eight, the choice of its rates among them. All losses take an hour
or more, divided by --jobs.

Ctrl-C ends the training early and leaves a report of the runs that are done; again, it ends at once. Each run that is done goes to
<out>/runs.jsonl, and --resume takes it from there.

Examples:
  $ npm run losses
  $ npm run losses -- --losses cosFace,irCosFace,triplet --seeds 0,1,2,3,4
  $ npm run losses -- --rates 2e-3 --times 30 --out report/losses-fixed    (no choice: 2/5 of the time)
  $ npm run --silent losses -- --json > runs.jsonl`

export function command(): Command {
  return new Command('npm run losses --')
    .description(DESCRIPTION)
    .addOption(
      new Option('--losses <names>', 'what to compare, separated by commas')
        .argParser(parseLosses(NAMES))
        .default(NAMES, 'all'),
    )
    .addOption(
      new Option('--seeds <numbers>', 'seeds of images, net and order: a run of each loss for each')
        .argParser(parseSeeds)
        .default([0, 1, 2], '0,1,2'),
    )
    .addOption(
      new Option('--choice <numbers>', 'seeds of the sets on which rates are chosen')
        .argParser(parseSeeds)
        .default([5], '5'),
    )
    .addOption(
      new Option('--rates <numbers>', 'rates of the net to choose from; one is no choice')
        .argParser(parseRates)
        .default([5e-4, 1e-3, 2e-3, 4e-3, 8e-3], '5e-4,1e-3,2e-3,4e-3,8e-3'),
    )
    .addOption(
      new Option('--times <numbers>', 'rates of learned weights to choose from, in rates of the net')
        .argParser(parseRates)
        .default([10], '10'),
    )
    .option('--epochs <number>', `epochs of a training of ${IMAGES} images`, wholeFrom(1), EPOCHS)
    .option('--out <folder>', 'where images and report go', 'report/losses')
    .option('--json', 'a line of JSON a run on standard output, and no table', false)
    .option('--resume', 'do not do again what <out>/runs.jsonl has', false)
    .addOption(jobsOption())
    .addHelpText('after', MORE)
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
}

/** The options in `argv`, without node's own two. Ends the process with a message on bad ones. */
export function parseOptions(argv: readonly string[], options = command()): Options & RateOptions {
  const parsed = options.parse(argv, { from: 'user' }).opts<Options>()
  const both = parsed.seeds.find(seed => parsed.choice.includes(seed))
  if (both !== undefined) {
    options.error(
      `error: --choice: seeds other than those of --seeds expected, got ${both} in both: rates would be chosen on test images`,
    )
  }
  return { ...parsed, steps: Math.ceil((parsed.epochs * IMAGES) / BATCH) }
}

function parseRates(text: string): number[] {
  return listOf(text, part => {
    const rate = part === '' ? Number.NaN : Number(part)
    if (!(rate > 0 && rate < Infinity)) throw new InvalidArgumentError(`Numbers > 0 expected, got "${part}".`)
    return rate
  })
}
