import { points } from './format.ts'
import type { Group } from './measures.ts'
import { type Cell, spannedTable } from './spannedTable.ts'
import { mean } from './statistics.ts'
import { byFamily, type Variant } from './variants.ts'

/** A variant with class centres, one of the same margin with learned prototypes, and the seeds that both have. */
interface Pair {
  readonly ir: Variant
  readonly learned: Variant
  readonly runs: readonly (readonly [ir: Variant['runs'][number], learned: Variant['runs'][number]])[]
}

export function pairsOf(variants: readonly Variant[]): Pair[] {
  return byFamily(variants).flatMap(panel => {
    const learned = panel.variants.filter(v => !v.ir)
    return panel.variants
      .filter(v => v.ir)
      .flatMap(ir => learned.map(other => ({ ir, learned: other, runs: sameSeeds(ir, other) })))
      .filter(pair => pair.runs.length > 0)
  })
}

const sameSeeds = (ir: Variant, learned: Variant): Pair['runs'] =>
  ir.runs.flatMap(run => {
    const twin = learned.runs.find(other => other.seed === run.seed)
    return twin ? [[run, twin] as const] : []
  })

/** What class centres change, paired by seed; bold where all of several seeds agree. Empty without a pair. */
export function gainsTable(variants: readonly Variant[], groups: readonly Group[]): string {
  const pairs = pairsOf(variants)
  if (pairs.length === 0) return ''
  const measures = groups.flatMap(group => group.measures)
  return spannedTable(
    'IR less learned',
    groups.map(({ title, measures }) => ({ title, heads: measures.map(m => m.head) })),
    pairs.map((pair, k) => ({
      title: `${pair.ir.title} − ${pair.learned.title}`,
      cells: measures.map(({ of }) => cellOf(pair.runs.map(([ir, learned]) => of(ir) - of(learned)))),
      begins: k > 0 && pair.ir.family !== pairs[k - 1].ir.family,
    })),
  )
}

function cellOf(differences: readonly number[]): Cell {
  const difference = points(mean(differences))
  if (differences.length === 1 || difference === '–') return { html: difference, bold: false }
  const wins = differences.filter(d => d > 0).length
  const losses = differences.filter(d => d < 0).length
  return {
    html: `${difference}<br><small>${wins} of ${differences.length}</small>`,
    bold: Math.max(wins, losses) === differences.length,
  }
}
