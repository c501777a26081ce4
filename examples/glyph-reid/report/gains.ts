import { partsOf } from '../../page/names.ts'
import { type Gain, gainIn, gains } from '../train/summary.ts'
import { titleOf } from '../train/table.ts'
import { variantOf } from '../train/variants.ts'
import { points } from './format.ts'
import type { Group, Measure } from './measures.ts'
import { type Cell, spannedTable } from './spannedTable.ts'
import type { Variant } from './variants.ts'

const familyOf = ({ ir }: Gain): string => partsOf(variantOf(ir).loss).family

/** What class centres change, paired by seed; bold where it is a gain in all of several seeds or in none. Empty without a pair. */
export function gainsTable(variants: readonly Variant[], groups: readonly Group[]): string {
  const all = gains(variants.flatMap(v => v.runs))
  if (all.length === 0) return ''
  const measures = groups.flatMap(group => group.measures)
  return spannedTable(
    'IR less learned',
    groups.map(({ title, measures }) => ({ title, heads: measures.map(m => m.head) })),
    all.map((gain, k) => ({
      title: `${titleOf(gain.ir)} − ${titleOf(gain.learned)}`,
      cells: measures.map(measure => cellOf(gain, measure)),
      begins: k > 0 && familyOf(gain) !== familyOf(all[k - 1]),
    })),
  )
}

function cellOf(gain: Gain, { of }: Measure): Cell {
  const { mean, wins } = gainIn(gain, of)
  const seeds = gain.pairs.length
  if (seeds === 1 || !Number.isFinite(mean)) return { html: points(mean), bold: false }
  return {
    html: `${points(mean)}<br><small>${wins} of ${seeds}</small>`,
    bold: wins === 0 || wins === seeds,
  }
}
