import { type PairScores, sortedScores } from '../../evaluation/verification.ts'

/** Both lists in ascending order. Throws unless they are lists of finite numbers, and neither is empty. */
export function bothKinds(op: string, scores: PairScores): Record<keyof PairScores, ArrayLike<number>> {
  const sorted = sortedScores(op, scores)
  for (const [name, list] of Object.entries(sorted)) {
    if (list.length === 0) throw new Error(`${op}: at least one score of ${name} expected, got none`)
  }
  return sorted
}
