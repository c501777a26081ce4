import type { Tensor } from '../../engine/index.ts'
import { checkIdentities, checkRows, type Labels } from './labels.ts'
import { aboveCount, atLeastCount } from './order.ts'
import { similarities } from './similarity.ts'

/** Similarities of pairs, each list ascending: of one class, and of different classes. */
export interface PairScores {
  readonly same: Float32Array | Float64Array
  readonly different: Float32Array | Float64Array
}

/**
 * cos(x_i, x_j) of all pairs i < j, sorted out by whether y_i = y_j.  x[N,D] y[N] -> scores
 * With `cameras`, one number a row, only pairs of different cameras count.
 */
export async function pairScores(x: Tensor, y: Labels, cameras?: Labels): Promise<PairScores> {
  checkRows('pairScores', x)
  const n = x.shape[0]
  const labels = checkIdentities('pairScores', 'labels', y, n)
  const camera = cameras && checkIdentities('pairScores', 'cameras', cameras, n)
  const counts = [0, 0]
  const eachPair = (rows: number, start: number, visit: (place: number, same: 0 | 1) => void): void => {
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
  const Values = x.dtype === 'float64' ? Float64Array : Float32Array
  const scores = [new Values(counts[0]), new Values(counts[1])]
  const filled = [0, 0]
  for await (const { start, rows, cosines } of similarities(x, x)) {
    eachPair(rows, start, (place, same) => {
      scores[same][filled[same]++] = cosines[place]
    })
  }
  return { different: scores[0].sort(), same: scores[1].sort() }
}

/**
 * AUC = P(s > d) + P(s = d) / 2 for a random pair s of one class and a random pair d of two: the area under the
 * ROC curve by the trapezoidal rule, ties counted half (Mann and Whitney 1947). NaN when either list is empty.
 */
export function auc({ same, different }: PairScores): number {
  let wins = 0
  for (const score of same) {
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

/** The ROC curve at every similarity that occurs, from accepting nothing (t = infinity) to accepting all. */
export function roc({ same, different }: PairScores): RocPoint[] {
  const points: RocPoint[] = [{ threshold: Infinity, far: 0, tar: 0 }]
  let [i, j] = [same.length, different.length]
  while (i > 0 || j > 0) {
    const threshold = Math.max(same[i - 1] ?? -Infinity, different[j - 1] ?? -Infinity)
    while (i > 0 && same[i - 1] === threshold) i--
    while (j > 0 && different[j - 1] === threshold) j--
    const far = (different.length - j) / different.length
    const tar = (same.length - i) / same.length
    points.push({ threshold, far, tar })
  }
  return points
}

/**
 * TAR at FAR: the largest true accept rate over all thresholds whose false accept rate is at most `far`, with
 * nothing interpolated; the threshold is then the similarity just above the first pair of two classes that may
 * not be accepted. Throws unless 0 <= far <= 1; NaN without pairs of one class.
 */
export function tarAtFar({ same, different }: PairScores, far: number): number {
  if (!(far >= 0 && far <= 1)) throw new Error(`tarAtFar: a rate from 0 to 1 expected, got ${far}`)
  let allowed = Math.ceil(far * different.length)
  while (allowed / different.length > far) allowed--
  const refused = different[different.length - 1 - allowed]
  if (refused === undefined) return same.length === 0 ? Number.NaN : 1
  return aboveCount(same, refused) / same.length
}
