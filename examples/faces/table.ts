import { titleOf } from '../page/names.ts'
import type { Table } from '../page/tables.ts'
import type { Run } from './results.ts'

const percent = (share: number): string => (100 * share).toFixed(2)
const megabytes = (bytes: number | undefined): string =>
  bytes === undefined ? '–' : (bytes / 1e6).toFixed(0)

/** The runs of each loss, in the order of their first. */
export const byLoss = (runs: readonly Run[]): { loss: string; own: readonly Run[] }[] =>
  [...new Set(runs.map(run => run.loss))].map(loss => ({ loss, own: runs.filter(run => run.loss === loss) }))

const mean = (runs: readonly Run[], figure: (run: Run) => number): number =>
  runs.reduce((sum, run) => sum + figure(run), 0) / runs.length

function cells(runs: readonly Run[], seed: string): string[] {
  const [{ loss, rates, trained, peakBytes }] = runs
  return [
    titleOf(loss),
    seed,
    percent(mean(runs, run => run.accuracy)),
    percent(mean(runs, run => run.auc)),
    ...rates.map((_, k) => percent(mean(runs, run => run.rates[k].tar))),
    (trained / 1e6).toFixed(2),
    megabytes(peakBytes),
    mean(runs, run => run.imagesPerSecond).toFixed(1),
    mean(runs, run => run.seconds).toFixed(0),
  ]
}

/** Percent, a row a run; and the means, where there are several seeds. */
export function figuresTable(runs: readonly Run[]): Table {
  const several = new Set(runs.map(run => run.seed)).size > 1
  return {
    heads: [
      'loss',
      'seed',
      'accuracy',
      'AUC',
      ...runs[0].rates.map(({ far }) => `TAR at ${far}`),
      'trained W, millions',
      'peak MB',
      'images/s',
      'seconds',
    ],
    rows: runs.map(run => cells([run], String(run.seed))),
    means: several ? byLoss(runs).map(({ own }) => cells(own, 'mean')) : [],
  }
}
