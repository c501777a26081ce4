import { escapeHtml } from '../../page/svg.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { PIXELS, SIDE } from '../raster/glyph.ts'
import { greyPng } from '../sheet/png.ts'
import type { Match, Run } from '../train/results.ts'
import { meanOf } from '../train/summary.ts'
import type { Variant } from './variants.ts'

/** What the picture needs of a glyph set. */
export type Glyphs = Pick<GlyphSet, 'images' | 'identity' | 'identities' | 'family' | 'families'>

const QUERIES = 12
const RANKS = 10

/** Queries of P2 with their nearest images, for two variants side by side, or for the only one. */
export function retrievalPicture(variants: readonly Variant<Run>[], set: Glyphs): string {
  const shown = shownOf(variants.filter(v => v.runs[0].matches.length > 0))
  const queries = [...new Set(shown.flatMap(v => v.runs[0].matches.map(match => match.query)))]
  if (queries.length === 0) return '<p>No run has kept queries and their matches.</p>'
  const rows = queries.slice(0, QUERIES).map(query => {
    const lists = shown.flatMap(v => {
      const match = v.runs[0].matches.find(m => m.query === query)
      return match ? [ranked(v.title, match, set)] : []
    })
    return `<section class="query"><div class="tile">${image(query, set)}<span>query</span></div><div class="lists">${lists.join('')}</div></section>`
  })
  return `<div class="retrieval">${rows.join('\n')}</div>`
}

/** Of the variants with class centres the one of the highest mAP on P2, and the same of the learned ones; or the best two of a kind. */
export function shownOf(variants: readonly Variant<Run>[]): Variant<Run>[] {
  const map = (v: Variant<Run>): number => meanOf(v.runs.map(run => run.p2.map))
  const ranking = [...variants].sort((a, b) => map(b) - map(a))
  const best = [false, true].flatMap(ir => ranking.find(v => v.ir === ir) ?? [])
  return best.length === 2 ? best : ranking.slice(0, 2)
}

function ranked(title: string, { found }: Match, set: Glyphs): string {
  const items = found.slice(0, RANKS).map(({ image: i, right }) => {
    const mark = right ? '✓' : '✗'
    return `<li class="tile ${right ? 'right' : 'wrong'}">${image(i, set, right ? ', right' : ', wrong')}<span>${mark}</span></li>`
  })
  return `<div><h4>${escapeHtml(title)}</h4><ol>${items.join('')}</ol></div>`
}

/** Black on white, as it is printed, in light and dark. */
function image(i: number, { images, identity, identities, family, families }: Glyphs, verdict = ''): string {
  const pixels = images.slice(i * PIXELS, (i + 1) * PIXELS).map(ink => 255 - ink)
  const source = `data:image/png;base64,${greyPng(pixels, SIDE, SIDE).toString('base64')}`
  const words = escapeHtml(`${identities[identity[i]].name} in ${families[family[i]]}${verdict}`)
  return `<img src="${source}" width="${SIDE}" height="${SIDE}" alt="${words}" title="${words}">`
}
