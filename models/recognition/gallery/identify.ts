import type { ScoreCalibration } from '../scores/logistic.ts'
import type { Neighbor } from './vectorStore.ts'

export interface Candidate {
  readonly identity: string
  /** The cosine with the most similar of its vectors. */
  readonly score: number
}

/** Who it is, and how sure. */
export interface Answer {
  /** undefined for nobody in the gallery: the best score is below the threshold. */
  readonly identity: string | undefined
  /** Of the best candidate, whoever it is; -Infinity in an empty gallery. */
  readonly score: number
  /** score - that of the next identity; Infinity where there is no other. */
  readonly margin: number
  /** That the best candidate is right, by the calibration; undefined without one. */
  readonly probability: number | undefined
  /** The k most similar identities, the best first, also of somebody unknown. */
  readonly candidates: readonly Candidate[]
}

export interface IdentifyOptions {
  /** Scores >= threshold are an identity, others are unknown: such as `calibrate` gives; a cosine, so of at most 1. -1 answers with an identity always. */
  readonly threshold: number
  /** How many candidates are named. Default 1. */
  readonly k?: number
  /** From scores to probabilities: `logisticCalibration(scores)`. Default: none are given. */
  readonly calibration?: ScoreCalibration
}

/** The answer from neighbours, the most similar first: identities count once, by their best vector. */
export function answerOf(
  neighbors: readonly Neighbor[],
  identityOf: (key: number) => string | undefined,
  { threshold, k = 1, calibration }: IdentifyOptions,
): Answer {
  const best = new Map<string, number>()
  for (const { key, score } of neighbors) {
    const identity = identityOf(key)
    // What a call that failed has left in a store is nobody's.
    if (identity !== undefined && !best.has(identity)) best.set(identity, score)
  }
  const all = Array.from(best, ([identity, score]) => ({ identity, score }))
  const [first, second] = all
  if (first === undefined)
    return { identity: undefined, score: -Infinity, margin: Infinity, probability: undefined, candidates: [] }
  return {
    identity: first.score >= threshold ? first.identity : undefined,
    score: first.score,
    margin: second === undefined ? Infinity : first.score - second.score,
    probability: calibration?.probability(first.score),
    candidates: all.slice(0, k),
  }
}
