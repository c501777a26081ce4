import { degrees } from '../../models/index.ts'
import { titleOf } from '../page/names.ts'
import type { Figures } from './results.ts'
import { type Gain, gains, meanFigures } from './summary.ts'

export const HEADS = [
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
const inDegrees = (angle: number): string => figure(degrees(angle), '°')
const points = (difference: number): string =>
  `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)}`

/** The cells of a run's row, under the heads above. */
export const cells = (run: Figures, seed: string): string[] => [
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

/** The runs as a table for a terminal, the means where there are several seeds, and what IR changed. */
export function table(runs: readonly Figures[]): string {
  const rows = runs.map(run => cells(run, String(run.seed)))
  const several = new Set(runs.map(run => run.seed)).size > 1
  const means = several ? meanFigures(runs).map(run => cells(run, 'mean')) : []
  const all = [HEADS, ...rows, ...means]
  const widths = HEADS.map((_, k) => Math.max(...all.map(row => row[k].length)))
  const line = (row: readonly string[]): string =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join('  ')
  const rule = widths.map(width => '─'.repeat(width)).join('  ')
  const blocks = [line(HEADS), rule, ...rows.map(line)]
  if (means.length > 0) blocks.push(rule, ...means.map(line))
  const changes = gains(runs).map(sentenceOf)
  return [...blocks, ...(changes.length > 0 ? ['', ...changes] : [])].join('\n')
}
