import { escapeHtml } from '../../page/svg.ts'
import { meanOf } from '../train/summary.ts'
import { hundredths, points } from './format.ts'
import { KEY, type Measure } from './measures.ts'
import { spannedTable, type TableRow } from './spannedTable.ts'
import type { Variant } from './variants.ts'

interface Best {
  readonly title: string
  readonly value: number
}

/**
 * The best variant with class centres beside the best with learned prototypes, a row for each measure that a change of
 * loss is judged by. Empty unless there are both kinds.
 */
export function findings(variants: readonly Variant[]): string {
  const rows = KEY.flatMap(({ title, measures }) =>
    measures.flatMap((measure, k) => {
      const [ir, learned] = [true, false].map(kind =>
        bestOf(
          variants.filter(v => v.ir === kind),
          measure,
        ),
      )
      return ir && learned ? [rowOf(`${title}: ${measure.head}`, ir, learned, k === 0)] : []
    }),
  )
  if (rows.length === 0) return ''
  const heads = ['loss', '%']
  const spans = [
    { title: 'best with class centres', heads },
    { title: 'best with learned prototypes', heads },
    { title: 'difference', heads: ['points'] },
  ]
  return spannedTable('measure', spans, rows)
}

function rowOf(title: string, ir: Best, learned: Best, begins: boolean): TableRow {
  const cells = (best: Best, other: Best) => [
    { html: escapeHtml(best.title), bold: false },
    { html: hundredths(best.value), bold: ahead(best, other) },
  ]
  const difference = { html: points(ir.value - learned.value), bold: false }
  return { title, cells: [...cells(ir, learned), ...cells(learned, ir), difference], begins }
}

/** As printed: what reads the same is as good. */
const ahead = (a: Best, b: Best): boolean => a.value > b.value && hundredths(a.value) !== hundredths(b.value)

function bestOf(variants: readonly Variant[], { of }: Measure): Best | undefined {
  const all = variants.map(({ title, runs }) => ({ title, value: meanOf(runs.map(of)) }))
  return all.filter(best => Number.isFinite(best.value)).sort((a, b) => b.value - a.value)[0]
}
