import type { Tensor } from '../../../engine/index.ts'
import { similarities } from '../../../models/index.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import type { Match } from './results.ts'

const QUERIES = 8
const FOUND = 10

/**
 * Some queries, evenly over the images, with the images of other font families nearest to them; the same queries whatever
 * the embedding. Of equal similarities the first image comes first.  x[N,D]: the embeddings of `images`.
 */
export async function matchesOf(x: Tensor, set: GlyphSet, images: Int32Array): Promise<Match[]> {
  const n = images.length
  const rows = new Set(
    Array.from({ length: Math.min(QUERIES, n) }, (_, k) => Math.floor(((k + 0.5) * n) / QUERIES)),
  )
  const matches: Match[] = []
  for await (const { start, rows: height, cosines } of similarities(x, x)) {
    for (let r = 0; r < height; r++) {
      const query = start + r
      if (!rows.has(query)) continue
      const others = Array.from(images.keys()).filter(
        j => set.family[images[j]] !== set.family[images[query]],
      )
      const nearest = others.sort((a, b) => cosines[r * n + b] - cosines[r * n + a] || a - b).slice(0, FOUND)
      matches.push({
        query: images[query],
        found: nearest.map(j => ({
          image: images[j],
          right: set.identity[images[j]] === set.identity[images[query]],
        })),
      })
    }
  }
  return matches
}
