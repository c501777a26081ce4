import { checkList, checkNumber, refusal } from '../../engine/check.ts'
import type { BlufrRates } from './blufrTrial.ts'

/** A rate over the trials. */
export interface Fused {
  readonly mean: number
  /** The standard deviation of a sample: over T - 1. */
  readonly std: number
  /** mean - std: what BLUFR reports. */
  readonly fused: number
}

export type Blufr = Readonly<Record<keyof BlufrRates, Fused>>

/**
 * mean = (1/T) sum_t r_t,  std = sqrt(sum_t (r_t - mean)² / (T - 1)),  fused = mean - std, of VR and of DIR.
 * T rates, as `blufrTrial` gives them -> { vr, dir }; T = 10 for the benchmark
 *
 * Source: Liao et al., IJCB 2014: the fused performance µ - σ, with MATLAB's `std` in the toolkit. A net trained for each
 * trial, as its training lists allow, gives each trial embeddings of its own.
 * Throws on fewer than 2 trials, and on a rate outside 0..1, such as the NaN of a trial without impostors.
 */
export function blufr(trials: readonly BlufrRates[]): Blufr {
  checkList('blufr', 'trials', trials, '[{ vr, dir }, ..]')
  if (trials.length < 2) throw new Error(`blufr: at least 2 trials expected, got ${trials.length}`)
  trials.forEach((trial, t) => {
    if (typeof trial !== 'object' || trial === null)
      throw refusal('blufr', `{ vr, dir } as trial ${t}`, trial)
    checkNumber('blufr', `vr of trial ${t}`, trial.vr, 0, 1)
    checkNumber('blufr', `dir of trial ${t}`, trial.dir, 0, 1)
  })
  return { vr: fused(trials.map(({ vr }) => vr)), dir: fused(trials.map(({ dir }) => dir)) }
}

function fused(rates: readonly number[]): Fused {
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length
  const squares = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0)
  const std = Math.sqrt(squares / (rates.length - 1))
  return { mean, std, fused: mean - std }
}
