import { LEARNED_DASH, type LineStyle, PALETTE, styleOf } from '../../page/colors.ts'
import type { Key } from '../../page/legend.ts'
import { panelsOf, type Variant } from './variants.ts'

export interface Styles {
  of(variant: Variant): LineStyle
  /** The legend. */
  readonly keys: readonly Key[]
}

type Feature = (variant: Variant) => string

/**
 * How each variant is drawn, so that no two of one picture look alike: in its margin's colour, as in the report on
 * digits, where a margin has at most one variant with class centres and one without; else in a colour of its kind, the
 * same in every picture; else in a colour of its own.
 */
export function stylesOf(variants: readonly Variant[]): Styles {
  const panels = panelsOf(variants)
  const tellApart = (feature: Feature): boolean =>
    panels.every(panel => unique(panel.variants.map(v => `${feature(v)} ${v.ir}`)))
  const each = (of: Styles['of']): Styles => ({
    of,
    keys: variants.map(v => ({ title: v.title, ...of(v) })),
  })
  if (tellApart(v => v.family)) return each(v => styleOf(v.loss))
  const feature: Feature = tellApart(v => v.kind) ? v => v.kind : v => v.name
  const features = [...new Set(variants.map(feature))]
  const of: Styles['of'] = v => numbered(features.indexOf(feature(v)), v.ir)
  if (panels.length === 1) return each(of)
  return {
    of,
    keys: features.map(title => ({ title, ...of(variants.find(v => feature(v) === title)!) })),
  }
}

const unique = (values: readonly string[]): boolean => new Set(values).size === values.length

/** The k-th colour; a second round through the palette has other dashes. */
function numbered(k: number, ir: boolean): LineStyle {
  const again = k >= PALETTE.length
  const dash = ir ? (again ? '14 3' : 'none') : again ? '1 4' : LEARNED_DASH
  return { color: PALETTE[k % PALETTE.length], dash }
}
