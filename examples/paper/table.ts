import { degrees, meanOver } from '../../models/index.ts'
import { type Table, textTable } from '../page/tables.ts'
import type { Run } from './results.ts'
import { titleOf } from './settings.ts'
import { ENDS, meanStrength, pushOverPull } from './strengths.ts'
import { RARE } from './training.ts'

/** The rare digit and those beside it in the paper's picture. */
const DIGITS = [RARE, 5, 7]
const [EARLY, LATE] = [0, 2]

/** What is not defined is a dash. */
const orDash = (value: number, text: (value: number) => string): string =>
  Number.isFinite(value) ? text(value) : '–'
const tenths = (value: number): string => orDash(value, v => v.toFixed(1))
const ratio = (value: number): string => orDash(value, v => v.toFixed(2))

/** The runs of each loss, in the order of their first. */
export function byLoss(runs: readonly Run[]): { loss: string; own: readonly Run[] }[] {
  const losses = [...new Set(runs.map(run => run.loss))]
  return losses.map(loss => ({ loss, own: runs.filter(run => run.loss === loss) }))
}

/** The mean over runs of a figure of a class; runs where it is not defined are left out. */
const meanFigure = (runs: readonly Run[], figure: (run: Run) => number): number =>
  meanOver(runs.map(figure), [...runs.keys()])

function cells(runs: readonly Run[], seed: string): string[] {
  const of = (key: 'accuracy' | 'ncm' | 'angle', digit: number): number =>
    meanFigure(runs, run => run.classes[digit][key])
  return [
    titleOf(runs[0].loss),
    seed,
    tenths(100 * meanFigure(runs, run => run.balanced)),
    ...DIGITS.map(digit => tenths(100 * of('accuracy', digit))),
    tenths(100 * of('ncm', RARE)),
    ...DIGITS.map(digit => tenths(degrees(of('angle', digit)))),
  ]
}

/** Percent and degrees, a row a run; and the means, where there are several seeds. “By mean”: by the nearest class mean. */
export function figuresTable(runs: readonly Run[]): Table {
  const several = new Set(runs.map(run => run.seed)).size > 1
  return {
    heads: [
      'loss',
      'seed',
      'balanced',
      ...DIGITS.map(digit => `“${digit}”`),
      `“${RARE}” by mean`,
      ...DIGITS.map(digit => `angle “${digit}”`),
    ],
    rows: runs.map(run => cells([run], String(run.seed))),
    means: several ? byLoss(runs).map(({ own }) => cells(own, 'mean')) : [],
  }
}

/** Push over pull before the rate falls for the first time, and after it fell for the last; means of the runs. */
export function strengthsTable(runs: readonly Run[]): Table {
  return {
    heads: ['push / pull', ...ENDS.flatMap(end => [`${end}, early`, `${end}, late`])],
    rows: byLoss(runs).flatMap(({ loss, own }) => {
      const strengths = own.flatMap(run => run.strengths ?? [])
      if (strengths.length === 0) return []
      const values = ENDS.flatMap(end => {
        const mean = meanStrength(strengths.map(s => s[end]))
        return [EARLY, LATE].map(phase => ratio(pushOverPull(mean, phase)))
      })
      return [[titleOf(loss), ...values]]
    }),
  }
}

/** Both for a terminal. */
export const table = (runs: readonly Run[]): string =>
  [figuresTable(runs), strengthsTable(runs)]
    .filter(({ rows }) => rows.length > 0)
    .map(textTable)
    .join('\n\n')
