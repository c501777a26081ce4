import { setBackend, startBackend } from '../../engine/index.ts'
import { SIZES } from './folder.ts'
import type { Job, Run } from './results.ts'
import { rowOf } from './rows.ts'
import { DIM } from './run.ts'

export interface Rates {
  readonly lr: number
  readonly times?: number
}

export interface RateOptions {
  readonly losses: readonly string[]
  readonly seeds: readonly number[]
  /** Seeds of the sets on which rates are chosen. */
  readonly choice: readonly number[]
  readonly rates: readonly number[]
  readonly times: readonly number[]
  readonly steps: number
}

/** What may be chosen for each loss: every rate of the net, with every rate of weights where there are any to learn. */
export async function ratesOf({ losses, rates, times }: RateOptions): Promise<Map<string, Rates[]>> {
  setBackend(await startBackend('wasm'))
  return new Map(
    losses.map(name => {
      const made = { classes: SIZES.length, dim: DIM, seed: 0, sizes: SIZES }
      const learns = Object.keys(rowOf(name).create(made).parameters).length > 0
      return [name, rates.flatMap((lr): Rates[] => (learns ? times.map(t => ({ lr, times: t })) : [{ lr }]))]
    }),
  )
}

/** The runs by which rates are chosen: none for a loss that has no choice. */
export const trialsOf = ({ losses, choice, steps }: RateOptions, rates: Map<string, Rates[]>): Job[] =>
  choice.flatMap(seed =>
    losses.flatMap(loss => {
      const own = rates.get(loss) as Rates[]
      return own.length === 1 ? [] : own.map(one => ({ loss, seed, steps, ...one }))
    }),
  )

/**
 * The rates of the best balanced accuracy, the mean of the trials on all seeds; of equals the first. Rates at which a trial failed are not
 * taken; without any left there are none.
 */
export function chosen(rates: readonly Rates[], trials: readonly Run[], seeds: number): Rates | undefined {
  if (rates.length === 1) return rates[0]
  const scored = rates.flatMap(one => {
    const own = trials.filter(run => run.lr === one.lr && run.times === one.times)
    return own.length < seeds ? [] : [{ one, total: own.reduce((sum, run) => sum + run.accuracy, 0) }]
  })
  return scored.sort((a, b) => b.total - a.total)[0]?.one
}

/** The runs of the table, seed by seed, so that an early end leaves losses that can be compared. */
export const jobsOf = (
  { losses, seeds, choice, steps }: RateOptions,
  rates: Map<string, Rates[]>,
  trials: readonly Run[],
): Job[] => {
  const best = new Map(
    losses.map(loss => [
      loss,
      chosen(
        rates.get(loss) as Rates[],
        trials.filter(run => run.loss === loss),
        choice.length,
      ),
    ]),
  )
  return seeds.flatMap(seed =>
    losses.flatMap(loss => {
      const one = best.get(loss)
      return one === undefined ? [] : [{ loss, seed, steps, ...one }]
    }),
  )
}
