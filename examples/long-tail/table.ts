import { degrees } from '../../models/index.ts'
import { titleOf } from '../page/names.ts'
import { type Table, textTable } from '../page/tables.ts'
import type { Figures } from './results.ts'
import { type Gain, gains, meanFigures } from './summary.ts'

const HEADS = [
  'loss',
  'seed',
  'balanced acc.',
  'tail acc.',
  'nearest mean',
  'angle head',
  'angle tail',
  'seconds',
]

/** What cannot be told, such as the angle to a prototype of 0, is a dash. */
const figure = (value: number, unit: string): string =>
  Number.isFinite(value) ? value.toFixed(1) + unit : '–'

export const percent = (share: number): string => figure(100 * share, ' %')
export const inDegrees = (angle: number): string => figure(degrees(angle), '°')
const points = (difference: number): string =>
  `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)}`

/** The cells of a run's row, under the heads above. */
const cells = (run: Figures, seed: string): string[] => [
  titleOf(run.loss),
  seed,
  percent(run.accuracy),
  percent(run.tail),
  percent(run.ncm),
  inDegrees(run.angleHead),
  inDegrees(run.angleTail),
  run.seconds.toFixed(1),
]

/** What replacing learned prototypes by class centres does, paired by seed. */
export function sentenceOf({ ir, learned, accuracy, tail, seeds, wins }: Gain): string {
  const of = (n: number): string => (seeds === 1 ? '' : ` (better in ${n} of ${seeds} seeds)`)
  return (
    `${titleOf(ir)} against ${titleOf(learned)}: balanced ${points(accuracy)} points${of(wins.accuracy)}, ` +
    `tail ${points(tail)} points${of(wins.tail)}`
  )
}

/** The runs, and the means where there are several seeds. */
export function figuresTable(runs: readonly Figures[]): Table {
  const several = new Set(runs.map(run => run.seed)).size > 1
  return {
    heads: HEADS,
    rows: runs.map(run => cells(run, String(run.seed))),
    means: several ? meanFigures(runs).map(run => cells(run, 'mean')) : [],
  }
}

/** That table for a terminal, and what IR changed. */
export function table(runs: readonly Figures[]): string {
  const changes = gains(runs).map(sentenceOf)
  return [textTable(figuresTable(runs)), ...(changes.length > 0 ? ['', ...changes] : [])].join('\n')
}
