import { Command, InvalidArgumentError } from 'commander'
import { closest } from 'fastest-levenshtein'
import { LOSSES } from '../../losses/index.ts'
import { jobsOption, listOf, parseSeeds, wholeFrom } from '../jobs/parse.ts'
import { BATCH, EPOCHS, type Job, NORM } from './run.ts'

export interface Options {
  readonly losses: readonly string[]
  readonly seeds: readonly number[]
  readonly epochs: number
  readonly out: string
  readonly json?: boolean
  readonly jobs: number
}

const ROWS = LOSSES.filter(row => row.margin !== 'none')
/** Each loss as it is, and learned ones of a fixed scale also with the length of x in its place. */
const NAMES = [
  ...ROWS.map(row => row.name),
  ...ROWS.filter(row => typeof row.defaults.s === 'number').map(row => `${row.name}${NORM}`),
]
/** Training images of a set. */
const IMAGES = 199

const DESCRIPTION = `Draws twelve kinds of shapes, 64x64 in colour with noise and clutter, 199 images to train on, 40 of the commonest kind down to 4 of the rarest, and trains the README's program for a folder of images on them, once for each loss, at its defaults, and seed; learned weights at 30 times the net's rate. cosFace-norm has the length of x in place of its scale. Prints the accuracies on 30 other images a kind.`

export const parseOptions = (argv: readonly string[]): Options =>
  new Command('npm run shapes --')
    .description(DESCRIPTION)
    .option('--losses <names>', 'the losses, with commas between them', parseLosses, NAMES)
    .option('--seeds <numbers>', 'seeds of images, net and order', parseSeeds, [0, 1, 2, 3, 4])
    .option('--epochs <number>', 'epochs of a training', wholeFrom(1), EPOCHS)
    .option('--out <folder>', 'where the images are written', 'report/shapes')
    .option('--json', 'a line of JSON a run on standard output, and no table')
    .addOption(jobsOption())
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments(false)
    .parse(argv, { from: 'user' })
    .opts<Options>()

/** One job a seed and loss, seed by seed, so that an early end leaves losses that can be compared. */
export const jobsOf = ({ losses, seeds, epochs, out }: Options): Job[] =>
  seeds.flatMap(seed =>
    losses.map(loss => ({ loss, seed, steps: Math.ceil((epochs * IMAGES) / BATCH), out })),
  )

function parseLosses(text: string): string[] {
  return listOf(text, name => {
    if (NAMES.includes(name)) return name
    throw new InvalidArgumentError(
      `"${name}" is not a loss. Did you mean ${closest(name, NAMES)}? There are ${NAMES.join(', ')}.`,
    )
  })
}
