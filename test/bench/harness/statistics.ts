export interface Summary {
  readonly best: number
  readonly median: number
  readonly runs: number
  /** The most memory that the process had, where it was asked. */
  readonly bytes?: number
}

export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new Error('summarize: at least one sample expected, got none')
  const sorted = samples.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  return { best: sorted[0], median, runs: sorted.length }
}

export interface Plan {
  /** The cold first call is all there is time for: it counts. */
  readonly onlyFirst: boolean
  /** Run for a while without the clock first, for compilers to catch up. */
  readonly warmUp: boolean
  readonly rounds: number
}

/**
 * What a contestant has time for after a first call of `first` ms, within `budget` ms in all: its first call alone
 * when two would not fit; the full number of rounds where there is plenty; else as many as fit.
 */
export function planOf(first: number, budget: number, rounds: number): Plan {
  if (2 * first > budget) return { onlyFirst: true, warmUp: false, rounds: 0 }
  if (first * 20 <= budget) return { onlyFirst: false, warmUp: true, rounds }
  return { onlyFirst: false, warmUp: false, rounds: Math.min(rounds, Math.floor(budget / first) - 1) }
}

/** Calls that are timed as one, for the clock to see them: 0.2 ms at least. */
export const innerOf = (ms: number): number => (ms >= 0.2 ? 1 : Math.ceil(0.2 / Math.max(ms, 1e-5)))

/** Where two lists of outputs differ by more than `tolerance` of the largest magnitude of ours, in words. */
export function differenceOf(
  ours: readonly (readonly number[])[],
  theirs: readonly (readonly number[])[],
  tolerance: number,
): string | undefined {
  for (const [i, expected] of ours.entries()) {
    const actual = theirs[i] ?? []
    if (actual.length !== expected.length) {
      return `output ${i} has ${actual.length} samples, ours ${expected.length}`
    }
    const largest = expected.reduce((max, v) => Math.max(max, Math.abs(v)), 0)
    const at = expected.findIndex((v, j) => !(Math.abs(actual[j] - v) <= tolerance * largest))
    if (at >= 0) return `output ${i}, sample ${at} is ${actual[at]}, ours ${expected[at]}`
  }
  return undefined
}
