import { partsOf, titleOf as titleOfLoss } from '../../page/names.ts'
import type { Figures } from '../train/results.ts'
import { titleOf } from '../train/table.ts'
import { hasCenters, variantOf } from '../train/variants.ts'

/** A loss as it was trained: its margin, what its prototypes are, and how. */
export interface Variant<R extends Figures = Figures> {
  readonly name: string
  /** Without what follows: irCosFace of irCosFace-previous. */
  readonly loss: string
  readonly title: string
  readonly ir: boolean
  /** The margin: what IR-CosFace and CosFace have in common. */
  readonly family: string
  /** What is left without the margin, the same for irCosFace-previous and irNormFace-previous. */
  readonly kind: string
  /** One a seed. */
  readonly runs: readonly R[]
}

/** The runs by variant, those of a margin side by side, each in the order of its first run. */
export function variantsOf<R extends Figures>(runs: readonly R[]): Variant<R>[] {
  const all = [...new Set(runs.map(run => run.loss))].map(name => {
    const variant = variantOf(name)
    const { loss } = variant
    const ir = hasCenters(variant)
    const title = titleOf(name)
    const kind = `${ir ? 'IR' : 'learned'}${title.slice(titleOfLoss(loss).length)}`
    const own = runs.filter(run => run.loss === name)
    return { name, loss, title, ir, family: partsOf(loss).family, kind, runs: own }
  })
  return byFamily(all).flatMap(({ variants }) => variants)
}

/** Variants that are drawn into one picture. */
export interface Panel<V extends Variant = Variant> {
  readonly title: string
  readonly variants: readonly V[]
}

export function byFamily<V extends Variant>(variants: readonly V[]): Panel<V>[] {
  return [...new Set(variants.map(v => v.family))].map(family => ({
    title: titleOfLoss(family),
    variants: variants.filter(v => v.family === family),
  }))
}

/** As many lines can be told apart in one picture. */
const MOST = 6

/** All variants in one picture while that is legible, then one picture a margin. */
export const panelsOf = <V extends Variant>(variants: readonly V[]): Panel<V>[] =>
  variants.length > MOST ? byFamily(variants) : [{ title: '', variants }]

/** Whether the k-th of variants side by side is the first of its margin, after another margin. */
export const startsFamily = (variants: readonly Variant[], k: number): boolean =>
  k > 0 && variants[k].family !== variants[k - 1].family
