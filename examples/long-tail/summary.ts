import { partsOf } from '../page/names.ts'
import type { Figures } from './results.ts'

/** IR-X less X over the seeds that both have, in shares. */
export interface Gain {
  readonly ir: string
  readonly learned: string
  readonly seeds: number
  readonly accuracy: number
  readonly tail: number
  /** In how many seeds IR-X was above X. */
  readonly wins: { readonly accuracy: number; readonly tail: number }
}

export const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Losses in the order of their first run. */
export const lossesOf = (runs: readonly Figures[]): string[] => [...new Set(runs.map(run => run.loss))]

/** The mean over the seeds of each loss. `seed` is that of its first run and means nothing. */
export function meanFigures<Run extends Figures>(runs: readonly Run[]): Figures[] {
  return lossesOf(runs).map(loss => {
    const own = runs.filter(run => run.loss === loss)
    const mean = (f: (run: Run) => number): number => meanOf(own.map(f))
    return {
      loss,
      seed: own[0].seed,
      accuracy: mean(run => run.accuracy),
      tail: mean(run => run.tail),
      ncm: mean(run => run.ncm),
      angleHead: mean(run => run.angleHead),
      angleTail: mean(run => run.angleTail),
      seconds: mean(run => run.seconds),
    }
  })
}

/** What class centres change, for each loss that ran both with them and without. */
export function gains(runs: readonly Figures[]): Gain[] {
  return lossesOf(runs).flatMap(ir => {
    const parts = partsOf(ir)
    const pairs = runs.flatMap(run => {
      const twin = runs.find(other => other.loss === parts.family && other.seed === run.seed)
      return run.loss === ir && parts.ir && twin ? [{ run, twin }] : []
    })
    if (pairs.length === 0) return []
    const differences = (key: 'accuracy' | 'tail'): number[] =>
      pairs.map(({ run, twin }) => run[key] - twin[key])
    const wins = (key: 'accuracy' | 'tail'): number => differences(key).filter(d => d > 0).length
    return {
      ir,
      learned: parts.family,
      seeds: pairs.length,
      accuracy: meanOf(differences('accuracy')),
      tail: meanOf(differences('tail')),
      wins: { accuracy: wins('accuracy'), tail: wins('tail') },
    }
  })
}
