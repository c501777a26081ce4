import type { ClassIndices } from '../../losses/labels.ts'
import { rowsByLabel } from '../labels.ts'
import type { FlatIndex } from './flatIndex.ts'
import { ranksOfMatches, type Ties } from './ranks.ts'
import { cosineRows } from './similarities.ts'

/** A probe whose identity is enrolled. */
interface Genuine {
  /** Of the probe with its best match. */
  readonly score: number
  /** Of that match in the gallery. */
  readonly rank: number
}

/** The genuine probes, and the highest score of each impostor, ascending, of unit rows.  probes[P,D] gallery[M,D] */
export async function openSet(
  probes: FlatIndex,
  asked: ClassIndices,
  gallery: FlatIndex,
  enrolled: ClassIndices,
  ties: Ties,
): Promise<{ genuine: Genuine[]; impostors: Float64Array }> {
  const [images, m] = [rowsByLabel(enrolled), enrolled.length]
  const [genuine, impostors]: [Genuine[], number[]] = [[], []]
  for await (const { start, rows, cosines } of cosineRows(probes, gallery)) {
    for (let r = 0; r < rows; r++) {
      const [id, scores] = [asked[start + r], cosines.subarray(r * m, (r + 1) * m)]
      const matches = images.get(id)
      if (matches === undefined) {
        impostors.push(highest(scores))
        continue
      }
      const [rank] = ranksOfMatches(scores, matches, j => enrolled[j] !== id, ties)
      genuine.push({ rank, score: highest(matches.map(j => scores[j])) })
    }
  }
  return { genuine, impostors: Float64Array.from(impostors).sort() }
}

function highest(scores: ArrayLike<number>): number {
  let most = -Infinity
  for (let j = 0; j < scores.length; j++) most = Math.max(most, scores[j])
  return most
}
