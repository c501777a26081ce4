import { degrees } from '../../../models/index.ts'
import { titleOf as titleOfLoss } from '../../page/names.ts'
import type { Figures } from './results.ts'
import { gainIn, gains, meanFor, type Of, rowsOf } from './summary.ts'
import { partsOf, variantOf } from './variants.ts'

/** CosFace x1, IR-CosFace previous. */
export function titleOf(name: string): string {
  const variant = variantOf(name)
  return [titleOfLoss(variant.loss), ...partsOf(variant)].join(' ')
}

interface Column {
  readonly head: string
  readonly of: Of
  readonly show: (value: number) => string
}

const dash = (value: number, text: string): string => (Number.isFinite(value) ? text : '–')
const percent = (value: number): string => dash(value, (100 * value).toFixed(1))
const angle = (value: number): string => dash(value, degrees(value).toFixed(1))
const wholes = (value: number): string => value.toFixed(0)

const COLUMNS: readonly Column[] = [
  { head: 'W all', of: run => run.closed.all, show: percent },
  { head: 'W many', of: run => run.closed.many, show: percent },
  { head: 'W medium', of: run => run.closed.medium, show: percent },
  { head: 'W few', of: run => run.closed.few, show: percent },
  { head: 'NCM all', of: run => run.closed.ncm.all, show: percent },
  { head: 'NCM many', of: run => run.closed.ncm.many, show: percent },
  { head: 'NCM few', of: run => run.closed.ncm.few, show: percent },
  { head: 'P1 rank-1', of: run => run.p1.rank1, show: percent },
  { head: 'P1 mAP', of: run => run.p1.map, show: percent },
  { head: 'P1 AUC', of: run => run.p1.auc, show: percent },
  { head: 'P1 TAR', of: run => run.p1.tar, show: percent },
  { head: 'P2 rank-1', of: run => run.p2.rank1, show: percent },
  { head: 'P2 mAP', of: run => run.p2.map, show: percent },
  { head: 'P2 AUC', of: run => run.p2.auc, show: percent },
  { head: 'P2 TAR', of: run => run.p2.tar, show: percent },
  { head: 'angle many, °', of: run => run.angle.many, show: angle },
  { head: 'angle few, °', of: run => run.angle.few, show: angle },
  { head: 's', of: run => run.seconds, show: wholes },
]

const CHANGES = COLUMNS.filter(({ show }) => show === percent)

/**
 * The means over the seeds, a row a variant, and what class centres change, both in Markdown: shares in %, differences in
 * points with the number of seeds in which they are above 0.
 */
export function table(runs: readonly Figures[]): string {
  const seeds = new Set(runs.map(run => run.seed)).size
  const means = rowsOf(runs).map(row => [
    titleOf(row.loss),
    ...COLUMNS.map(({ of, show }) => show(meanFor(row, of))),
  ])
  const changes = gains(runs).map(gain => [
    `${titleOf(gain.ir)} − ${titleOf(gain.learned)}`,
    ...CHANGES.map(({ of }) => {
      const { mean, wins } = gainIn(gain, of)
      return Number.isFinite(mean) ? `${points(mean)} (${wins}/${gain.pairs.length})` : '–'
    }),
  ])
  const blocks = [
    markdown([seeds > 1 ? `mean of ${seeds} seeds` : 'loss', ...COLUMNS.map(c => c.head)], means),
  ]
  if (changes.length > 0)
    blocks.push(markdown(['difference (seeds better)', ...CHANGES.map(c => c.head)], changes))
  return blocks.join('\n\n')
}

const points = (difference: number): string =>
  `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(1)}`

/** Legible as it is: cells of one width, the first of each row to the left. */
function markdown(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, k) => Math.max(head.length, ...rows.map(row => row[k].length)))
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join(' | ')} |`
  const rule = `|${widths.map((width, k) => (k === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(heads), rule, ...rows.map(line)].join('\n')
}
