import { checkList, refusal } from '../../engine/check.ts'
import { aboveCount } from './numbers.ts'
import { allowedOf, highestRefused, type PairScores, sortedScores } from './verification.ts'

/** TAR at a FAR, and what it rests on. */
export interface TarAtFar {
  readonly far: number
  /** The true accept rate, as `tarAtFar` gives it. */
  readonly tar: number
  /** The pairs of two identities that may be accepted: floor(FAR n) of n. With 0 the rate is that of no false accept at all. */
  readonly allowed: number
  /** Those that are accepted; fewer than allowed where equal scores stand at the threshold. */
  readonly accepted: number
  /** Scores above it are accepted: that of the highest pair that is refused; -Infinity where none is. */
  readonly above: number
}

export const FARS: readonly number[] = [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]

/**
 * TAR at each FAR, as `tarAtFar` defines it, with the number of pairs behind it: a rate at 1e-6 that rests on no
 * pair, or on one, says little.  scores, fars[F] -> F rows. NaN when either list is empty.
 * Default fars: 1e-1, 1e-2, .., 1e-6. Throws unless they are from 0 to 1.
 */
export function tarAtFars(scores: PairScores, fars: readonly number[] = FARS): TarAtFar[] {
  checkFars('tarAtFars', 'fars', fars)
  const { same, different } = sortedScores('tarAtFars', scores)
  return fars.map(far => {
    const [s, n] = [same.length, different.length]
    const above = highestRefused(different, far) ?? -Infinity
    const [passed, accepted] = [aboveCount(same, above), aboveCount(different, above)]
    return { far, tar: n === 0 ? Number.NaN : passed / s, allowed: allowedOf(n, far), accepted, above }
  })
}

export function checkFars(op: string, name: string, fars: readonly number[]): void {
  checkList(op, name, fars, '[1e-3, 1e-4, ..]')
  for (const far of fars) {
    if (!(typeof far === 'number' && far >= 0 && far <= 1))
      throw refusal(op, `${name} as rates from 0 to 1`, far)
  }
}
