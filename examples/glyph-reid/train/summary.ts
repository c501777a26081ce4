import { partsOf } from '../../page/names.ts'
import type { Figures } from './results.ts'
import { hasCenters, variantOf } from './variants.ts'

/** A figure of a run. */
export type Of = (run: Figures) => number

export interface Row {
  readonly loss: string
  /** One a seed. */
  readonly runs: readonly Figures[]
}

/** A row a variant, in the order of their first runs. */
export const rowsOf = (runs: readonly Figures[]): Row[] =>
  [...new Set(runs.map(run => run.loss))].map(loss => ({ loss, runs: runs.filter(run => run.loss === loss) }))

export const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** The mean of a figure over the seeds. */
export const meanFor = ({ runs }: Row, of: Of): number => meanOf(runs.map(of))

/** A variant with class centres less one with learned prototypes alone, of the same margin, paired by seed. */
export interface Gain {
  readonly ir: string
  readonly learned: string
  readonly pairs: readonly { readonly ir: Figures; readonly learned: Figures }[]
}

/** Every pair of a margin's two kinds that share a seed; the larger rates of W come first. */
export function gains(runs: readonly Figures[]): Gain[] {
  const rows = rowsOf(runs)
  const margin = (loss: string): string => partsOf(variantOf(loss).loss).family
  const learned = rows.filter(row => !hasCenters(variantOf(row.loss)))
  learned.sort((a, b) => variantOf(b.loss).wRate - variantOf(a.loss).wRate)
  return rows
    .filter(row => hasCenters(variantOf(row.loss)))
    .flatMap(ir =>
      learned
        .filter(other => margin(other.loss) === margin(ir.loss))
        .map(other => ({
          ir: ir.loss,
          learned: other.loss,
          pairs: ir.runs.flatMap(run => {
            const twin = other.runs.find(({ seed }) => seed === run.seed)
            return twin ? [{ ir: run, learned: twin }] : []
          }),
        })),
    )
    .filter(({ pairs }) => pairs.length > 0)
}

/** The mean difference of a figure, and in how many seeds it is above 0. */
export function gainIn({ pairs }: Gain, of: Of): { mean: number; wins: number } {
  const differences = pairs.map(pair => of(pair.ir) - of(pair.learned))
  return { mean: meanOf(differences), wins: differences.filter(d => d > 0).length }
}
