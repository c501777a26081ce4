import { Command, Option } from 'commander'
import type { StartName } from '../../engine/index.ts'
import { backendOption, jobsOption, parseLosses, parseSeeds, wholeFrom } from '../jobs/parse.ts'
import type { Job } from './results.ts'
import { DEFAULTS, SETTINGS, settingNames } from './settings.ts'

export interface Options {
  readonly losses: readonly string[]
  readonly seeds: readonly number[]
  readonly steps: number
  readonly out: string
  readonly json: boolean
  readonly resume: boolean
  readonly backend: StartName
  readonly jobs: number
}

const SEEDS = [0, 1, 2, 3, 4]

const DESCRIPTION = `Draws Fig. 2 of the IR-Softmax paper (Zhu 2020, arXiv:2011.11155) again: handwritten digits of which "3" is rare, embedded in the plane by a LeNet; and what pulls and pushes the weights along the training, by the paper's equation 2. Prints a table, and writes a report with pictures to <out>/index.html and the same figures to <out>/results.json.`

const MORE = `
Losses:
${settingNames.map(name => `  ${name.padEnd(20)} ${SETTINGS[name].title}`).join('\n')}

With --json, one line a run: {loss, seed, balanced, accuracy, ncm, angle, seconds}
  balanced  the mean of the accuracies of the classes, 0 to 1
  accuracy  of each digit from 0 to 9, 0 to 1
  ncm       the same by the nearest class mean, which ignores the weights
  angle     between weight and class centre of each digit, in radians (tables show degrees, and shares in percent)
  seconds   wall time of the run

Ctrl-C ends the training early and leaves a report of the runs that are done; again, it ends at once. Each run that is done goes to
<out>/runs.jsonl, and --resume takes it from there.

Examples:
  $ npm run paper
  $ npm run paper -- --seeds 0 --steps 800 --out report/paper-800
  $ npm run paper -- --losses irSphereFace,irSphereFaceAtOnce
  $ npm run --silent paper -- --json > runs.jsonl`

export function command(): Command {
  return new Command('npm run paper --')
    .description(DESCRIPTION)
    .addOption(
      new Option('--losses <names>', 'what to compare, separated by commas')
        .argParser(parseLosses(settingNames))
        .default(DEFAULTS, DEFAULTS.join(',')),
    )
    .addOption(
      new Option('--seeds <numbers>', 'a run of each loss for each, separated by commas')
        .argParser(parseSeeds)
        .default(SEEDS, SEEDS.join(',')),
    )
    .option('--steps <number>', 'training steps of 64 images', wholeFrom(1), 360)
    .option('--out <folder>', 'where the report goes', 'report/paper')
    .option('--json', 'a line of JSON a run on standard output, and no table', false)
    .option('--resume', 'do not do again what <out>/runs.jsonl has', false)
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
export const jobsOf = ({ losses, seeds, steps, backend }: Options): Job[] =>
  seeds.flatMap(seed => losses.map(loss => ({ loss, seed, steps, backend })))
