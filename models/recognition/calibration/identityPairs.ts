import { checkIdentities, type Labels } from '../../../losses/labels.ts'
import { cosineRows } from '../../evaluation/similarities.ts'
import { type Embeddings, withUnitRows } from '../../evaluation/unitRows.ts'

/** Similarities of pairs, with the identities of both sides: a pair is of one identity where these are equal. */
export interface IdentityPairs {
  /** s[P] */
  readonly scores: ArrayLike<number>
  /** a[P] b[P] */
  readonly a: Labels
  readonly b: Labels
}

/**
 * cos(x_i, x_j) of all pairs i < j, and who they show: what `calibrate` takes where pairs share identities.
 * x[N,D] y[N] -> scores[P] a[P] b[P], P = N(N-1)/2, 12 bytes a pair in float32. A row of 0 has similarity 0 with all. Throws
 * on labels that do not fit, and on embeddings that are not finite.
 */
export async function identityPairs(x: Embeddings, y: Labels): Promise<IdentityPairs> {
  return withUnitRows('identityPairs', ['x', x], ['x', x], async u => {
    const n = u.size
    const labels = checkIdentities('identityPairs', 'labels', y, n)
    const count = (n * (n - 1)) / 2
    const scores = new (u.dtype === 'float64' ? Float64Array : Float32Array)(count)
    const places = placesOf(labels)
    const [a, b] = [new Int32Array(count), new Int32Array(count)]
    let p = 0
    for await (const { start, rows, cosines } of cosineRows(u, u)) {
      for (let r = 0; r < rows; r++) {
        const i = start + r
        for (let j = i + 1; j < n; j++, p++) {
          scores[p] = cosines[r * n + j]
          a[p] = places[i]
          b[p] = places[j]
        }
      }
    }
    return { scores, a, b }
  })
}

/** Labels as 0, 1, .. in the order in which they occur: identities may be any numbers. */
export function placesOf(labels: ArrayLike<number>): Int32Array {
  const known = new Map<number, number>()
  return Int32Array.from(labels, label => {
    const place = known.get(label) ?? known.size
    known.set(label, place)
    return place
  })
}
