import { checkGiven, checkInteger, checkNumber, type OptionNames, refusal } from '../../engine/check.ts'
import type { State } from '../../engine/index.ts'
import { assignAll } from '../../engine/state.ts'
import type { EmbeddingLoss, Loss } from '../../losses/loss.ts'
import { hold, putBack } from '../state.ts'
import type { TrainerOptions } from '../train/options.ts'
import { Trainer } from '../train/trainer.ts'

export interface LrRangeTestOptions {
  /** The first and the last rate, 0 < low < high. Default 1e-6 and 1 (of the optimiser's own rate; groups keep their ratio to it). */
  low?: number
  high?: number
  /** Default 100. */
  steps?: number
  /** Ends where the smoothed loss is more than so many times its least. Default 4. */
  divergence?: number
}

const KNOWN = {
  low: ['startLr', 'minLr', 'from'],
  high: ['endLr', 'maxLr', 'to'],
  steps: ['numIter', 'iterations'],
  divergence: ['divergeThreshold'],
} satisfies OptionNames<LrRangeTestOptions>

export interface LrRange {
  /** The optimiser's rate at each step. */
  readonly lrs: Float64Array
  /** The batch's loss at each. */
  readonly losses: Float64Array
  /** The losses' moving average, 0.9 of it kept a step, without the bias of its start. */
  readonly smoothed: Float64Array
  /** The rate where `smoothed` falls fastest along ln lr: what to try first. */
  readonly steepest: number
}

const KEPT = 0.9

/**
 * The loss as the rate grows from `low` to `high` by one factor a step (Smith 2017, arXiv:1506.01186, there linear): below a good rate it
 * stands still, past it, it rises. Takes what `Trainer` takes; the schedule is this test's own. Afterwards net, loss, optimiser and
 * data are as they were, also where a step throws.
 *
 *     const { steepest } = await lrRangeTest({ net, loss, optimizer, x, y }, { high: 0.1 })
 */
export async function lrRangeTest<L extends EmbeddingLoss = Loss>(
  trained: Omit<TrainerOptions<L>, 'schedule'>,
  options: LrRangeTestOptions = {},
): Promise<LrRange> {
  const op = 'lrRangeTest'
  checkGiven(op, options, KNOWN)
  const { low = 1e-6, high = 1, steps = 100, divergence = 4 } = options
  checkNumber(op, 'low', low, Number.MIN_VALUE, Number.MAX_VALUE)
  checkNumber(op, 'high', high, low, Number.MAX_VALUE)
  checkInteger(op, 'steps', steps, 3)
  checkNumber(op, 'divergence', divergence, 1)
  if (typeof trained?.optimizer?.lr !== 'number')
    throw refusal(op, 'what Trainer takes, { net, loss, optimizer, x, y },', trained)
  const { lr: own } = trained.optimizer
  if (!(own > 0)) throw new Error(`${op}: an optimizer of a rate above 0 expected, got ${own}`)
  const rate = (t: number): number => low * (high / low) ** (t / (steps - 1))
  const trainer = new Trainer({ ...trained, schedule: t => rate(t) / own })
  const { parameters } = trained.optimizer
  const parts = {
    trainer,
    // Those that are the optimiser's alone among them.
    trained: {
      state: () => ({ tensors: parameters, values: {} }),
      load: ({ tensors }: State) => assignAll(parameters, tensors),
    },
  }
  const before = hold(parts)
  const [losses, smoothed]: number[][] = [[], []]
  let [mean, least] = [0, Infinity]
  try {
    await trainer.run({
      steps,
      onStep({ step, loss }) {
        mean = KEPT * mean + (1 - KEPT) * loss
        const now = mean / (1 - KEPT ** step)
        losses.push(loss)
        smoothed.push(now)
        least = Math.min(least, now)
        return now <= divergence * least || step < 3
      },
    })
  } finally {
    putBack(before)
    for (const part of Object.values(before)) part.release()
  }
  return {
    lrs: Float64Array.from(losses, (_, t) => rate(t)),
    losses: Float64Array.from(losses),
    smoothed: Float64Array.from(smoothed),
    steepest: rate(fastestFall(smoothed)),
  }
}

/** The step around which `smoothed` falls most; the rates' logarithms are evenly spaced. */
function fastestFall(smoothed: readonly number[]): number {
  let [at, slope] = [0, Infinity]
  for (let t = 1; t + 1 < smoothed.length; t++) {
    const here = smoothed[t + 1] - smoothed[t - 1]
    if (here < slope) [at, slope] = [t, here]
  }
  return at
}
