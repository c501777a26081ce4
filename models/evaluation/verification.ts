import { refusal } from '../../engine/check.ts'
import { type ClassIndices, checkIdentities, type Labels } from '../../losses/labels.ts'
import type { FlatIndex } from './flatIndex.ts'
import { aboveCount, ascending, atLeastCount } from './numbers.ts'
import { cosineRows } from './similarities.ts'
import { type Embeddings, withUnitRows } from './unitRows.ts'

/**
 * Similarities of pairs: of one class, and of different classes. Ours are ascending; `auc`, `roc` and `tarAtFar` sort
 * what is not, and throw on what is no finite number.
 */
export interface PairScores<List extends ArrayLike<number> = ArrayLike<number>> {
  readonly same: List
  readonly different: List
}

/**
 * cos(x_i, x_j) of all pairs i < j, sorted out by whether y_i = y_j.  x[N,D] y[N] -> scores
 * With `cameras`, one number a row, only pairs of different cameras count. A row of 0 has similarity 0 with all. Throws
 * on labels and cameras that do not fit, and on embeddings that are not finite.
 */
export async function pairScores(
  x: Embeddings,
  y: Labels,
  cameras?: Labels,
): Promise<PairScores<Float32Array | Float64Array>> {
  return withUnitRows('pairScores', ['x', x], ['x', x], async u => {
    const n = u.size
    const labels = checkIdentities('pairScores', 'labels', y, n)
    const camera = cameras === undefined ? undefined : checkIdentities('pairScores', 'cameras', cameras, n)
    return unitPairScores(u, labels, camera)
  })
}

/** The same of unit rows u[N,D]. */
export async function unitPairScores(
  u: FlatIndex,
  labels: ClassIndices,
  camera?: ClassIndices,
): Promise<PairScores<Float32Array | Float64Array>> {
  const n = u.size
  const counts = [0, 0]
  const eachPair = (rows: number, start: number, visit: (index: number, same: 0 | 1) => void): void => {
    for (let r = 0; r < rows; r++) {
      const i = start + r
      for (let j = i + 1; j < n; j++) {
        if (camera === undefined || camera[i] !== camera[j]) visit(r * n + j, labels[i] === labels[j] ? 1 : 0)
      }
    }
  }
  eachPair(n, 0, (_, same) => {
    counts[same]++
  })
  const Values = u.dtype === 'float64' ? Float64Array : Float32Array
  const scores = [new Values(counts[0]), new Values(counts[1])]
  const filled = [0, 0]
  for await (const { start, rows, cosines } of cosineRows(u, u)) {
    eachPair(rows, start, (index, same) => {
      scores[same][filled[same]++] = cosines[index]
    })
  }
  return { different: scores[0].sort(), same: scores[1].sort() }
}

/** Both lists in ascending order. Throws unless they are lists of finite numbers. */
export function sortedScores(op: string, scores: PairScores): Record<keyof PairScores, ArrayLike<number>> {
  if (typeof scores !== 'object' || scores === null || !('same' in scores) || !('different' in scores)) {
    throw refusal(op, 'scores as { same, different }', scores)
  }
  return {
    same: ascending(op, 'same', scores.same, 'pair'),
    different: ascending(op, 'different', scores.different, 'pair'),
  }
}

/**
 * AUC = P(s > d) + P(s = d) / 2 for a random pair s of one class and a random pair d of two: the area under the
 * ROC curve by the trapezoidal rule, ties counted half (Mann and Whitney 1947). NaN when either list is empty.
 */
export function auc(scores: PairScores): number {
  const { same, different } = sortedScores('auc', scores)
  let wins = 0
  for (let i = 0; i < same.length; i++) {
    const score = same[i]
    const above = aboveCount(different, score)
    const atLeast = atLeastCount(different, score)
    wins += different.length - atLeast + (atLeast - above) / 2
  }
  return wins / (same.length * different.length)
}

/** One threshold t of the ROC curve: pairs of similarity >= t are accepted. */
export interface RocPoint {
  readonly threshold: number
  /** The false accept rate: the share of pairs of two classes with d >= t. */
  readonly far: number
  /** The true accept rate: the share of pairs of one class with s >= t. */
  readonly tar: number
}

/**
 * The ROC curve at every similarity that occurs, from accepting nothing (t = infinity) to accepting all. The rates of an
 * empty list are NaN.
 */
export function roc(scores: PairScores): RocPoint[] {
  const { same, different } = sortedScores('roc', scores)
  let [i, j] = [same.length, different.length]
  const at = (threshold: number): RocPoint => ({
    threshold,
    far: (different.length - j) / different.length,
    tar: (same.length - i) / same.length,
  })
  const points = [at(Infinity)]
  while (i > 0 || j > 0) {
    const threshold = Math.max(same[i - 1] ?? -Infinity, different[j - 1] ?? -Infinity)
    while (i > 0 && same[i - 1] === threshold) i--
    while (j > 0 && different[j - 1] === threshold) j--
    points.push(at(threshold))
  }
  return points
}

/**
 * TAR at FAR: the largest true accept rate over all thresholds whose false accept rate is at most `far`, with
 * nothing interpolated; the threshold is then the similarity just above the first pair of two classes that may
 * not be accepted. Throws unless 0 <= far <= 1; NaN when either list is empty.
 */
export function tarAtFar(scores: PairScores, far: number): number {
  if (typeof far !== 'number' || !(far >= 0 && far <= 1)) throw refusal('tarAtFar', 'a rate from 0 to 1', far)
  const { same, different } = sortedScores('tarAtFar', scores)
  if (same.length === 0 || different.length === 0) return Number.NaN
  const refused = highestRefused(different, far)
  return refused === undefined ? 1 : aboveCount(same, refused) / same.length
}

/** The highest of the ascending scores that is refused where at most the share `far` is accepted; undefined for none. */
export const highestRefused = (scores: ArrayLike<number>, far: number): number | undefined =>
  scores[scores.length - 1 - allowedOf(scores.length, far)]

/** The largest number of n whose share is at most `far`. */
export function allowedOf(n: number, far: number): number {
  let allowed = Math.ceil(far * n)
  while (allowed / n > far) allowed--
  return allowed
}
