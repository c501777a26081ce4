import { meanOf } from '../train/summary.ts'
import { hundredths } from './format.ts'
import type { Group, Measure } from './measures.ts'
import { type Cell, spannedTable } from './spannedTable.ts'
import { deviation } from './statistics.ts'
import { startsFamily, type Variant } from './variants.ts'

/** A row a variant: of each measure the mean over the seeds and the standard deviation; a column's best mean is bold. */
export function figuresTable(variants: readonly Variant[], groups: readonly Group[]): string {
  const columns = groups.flatMap(group => group.measures).map(m => column(variants, m))
  const spans = groups.map(({ title, measures }) => ({ title, heads: measures.map(m => m.head) }))
  return spannedTable(
    'loss',
    spans,
    variants.map(({ title }, k) => ({
      title,
      cells: columns.map(cells => cells[k]),
      begins: startsFamily(variants, k),
    })),
  )
}

function column(variants: readonly Variant[], { of }: Measure): Cell[] {
  const values = variants.map(({ runs }) => runs.map(of))
  const means = values.map(own => hundredths(meanOf(own)))
  // Compared as printed: what reads the same is as good.
  const best = hundredths(Math.max(...values.map(meanOf).filter(Number.isFinite)))
  return values.map((own, k) => ({
    html: `${means[k]}${spread(own)}`,
    bold: variants.length > 1 && means[k] === best,
  }))
}

function spread(values: readonly number[]): string {
  const deviates = deviation(values)
  return Number.isFinite(deviates) ? ` <small>± ${hundredths(deviates)}</small>` : ''
}
