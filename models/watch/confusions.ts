import { checkInteger, checkOptions, type OptionNames } from '../../engine/check.ts'
import { checkIdentities, type Labels } from '../../losses/labels.ts'
import { cosineRows } from '../evaluation/similarities.ts'
import { type Embeddings, withUnitRows } from '../evaluation/unitRows.ts'

export interface ConfusionsOptions {
  /** How many pairs of identities. Default 20. */
  top?: number
}

const KNOWN = { top: ['k', 'limit'] } satisfies OptionNames<ConfusionsOptions>

/** Two identities, a < b, that are taken for each other. */
export interface Confusion {
  readonly a: number
  readonly b: number
  /** How many images of either are nearer to an image of the other than to any other of their own. */
  readonly errors: number
  /** How many images of either have another of their own, and so could be counted. */
  readonly images: number
  /** The largest cosine between an image of a and one of b, and the two rows, a's first. */
  readonly cosine: number
  readonly rows: readonly [number, number]
}

/**
 * The pairs of identities that are confused most: for each image the nearest of its own identity and the nearest of all others, by
 * cos(x_i, x_j); where the latter is as near or nearer, the two identities have an error. Most errors first, then the largest cosine; pairs
 * without an error follow by their cosine alone, of the nearest others. An image alone of its identity is no error, but may be another's
 * nearest.  x[N,D] y[N] -> at most `top` pairs
 * Memory is that of some rows of similarities. Throws on embeddings that are not finite.
 */
export async function confusions(
  x: Embeddings,
  y: Labels,
  options: ConfusionsOptions = {},
): Promise<Confusion[]> {
  checkOptions('confusions', options, KNOWN)
  const { top = 20 } = options
  checkInteger('confusions', 'top', top, 1)
  return withUnitRows('confusions', ['x', x], ['x', x], async u => {
    const n = u.size
    const labels = checkIdentities('confusions', 'labels', y, n)
    const sizes = new Map<number, number>()
    for (let i = 0; i < n; i++) sizes.set(labels[i], (sizes.get(labels[i]) ?? 0) + 1)
    const found = new Map<string, Confusion>()
    for await (const { start, rows, cosines } of cosineRows(u, u)) {
      for (let r = 0; r < rows; r++)
        note(found, sizes, labels, start + r, cosines.subarray(r * n, (r + 1) * n))
    }
    return [...found.values()]
      .sort((p, q) => q.errors - p.errors || q.cosine - p.cosine || p.a - q.a || p.b - q.b)
      .slice(0, top)
  })
}

/** Takes in image i, whose similarities with all are `cosines`. */
function note(
  found: Map<string, Confusion>,
  sizes: ReadonlyMap<number, number>,
  labels: ArrayLike<number>,
  i: number,
  cosines: ArrayLike<number>,
): void {
  let [own, other, nearest] = [-Infinity, -Infinity, -1]
  for (let j = 0; j < cosines.length; j++) {
    if (labels[j] === labels[i]) {
      if (j !== i && cosines[j] > own) own = cosines[j]
    } else if (cosines[j] > other) {
      other = cosines[j]
      nearest = j
    }
  }
  if (nearest < 0) return
  const first = labels[i] < labels[nearest]
  const [a, b] = first ? [labels[i], labels[nearest]] : [labels[nearest], labels[i]]
  const before = found.get(`${a} ${b}`)
  const counted = (label: number): number => ((sizes.get(label) ?? 0) > 1 ? (sizes.get(label) as number) : 0)
  const error = own > -Infinity && other >= own ? 1 : 0
  const nearer = before === undefined || other > before.cosine
  found.set(`${a} ${b}`, {
    a,
    b,
    errors: (before?.errors ?? 0) + error,
    images: before?.images ?? counted(a) + counted(b),
    cosine: nearer ? other : before.cosine,
    rows: nearer ? (first ? [i, nearest] : [nearest, i]) : before.rows,
  })
}
