import * as Plot from '@observablehq/plot'
import { svg } from '../../page/svg.ts'
import { meanOf } from '../train/summary.ts'
import { CLOSED, type Measure, OPEN } from './measures.ts'
import { extent } from './statistics.ts'
import type { Styles } from './styles.ts'
import { startsFamily, type Variant } from './variants.ts'

const WIDTH = 400
const ROW = 24
/** Of a letter of a row's title. */
const LETTER = 7.4

const find = (group: { readonly measures: readonly Measure[] }, head: string): Measure['of'] =>
  group.measures.find(measure => measure.head === head)!.of

const PANELS: readonly { readonly title: string; readonly of: Measure['of'] }[] = [
  { title: 'Tail: few-shot classes by prototypes', of: find(CLOSED[0], 'few') },
  { title: 'Its cost: many-shot classes by prototypes', of: find(CLOSED[0], 'many') },
  { title: 'The embedding: few-shot, nearest class mean', of: find(CLOSED[1], 'few') },
  { title: 'Open set: P2 rank-1', of: find(OPEN[1], 'rank-1') },
]

/** A row a variant: a small dot a seed, a large one their mean. */
export const overview = (variants: readonly Variant[], styles: Styles): string =>
  `<div class="grid">${PANELS.map(({ title, of }) => strip(title, variants, of, styles)).join('')}</div>`

function strip(title: string, variants: readonly Variant[], of: Measure['of'], styles: Styles): string {
  const dots = variants.flatMap(({ name, runs }) =>
    runs.map(run => ({ name, x: 100 * of(run) })).filter(dot => Number.isFinite(dot.x)),
  )
  if (dots.length === 0) return ''
  const [low, high] = extent(dots.map(dot => dot.x))
  // One value, or several that nearly agree, get a frame about them all the same.
  const margin = Math.max(1, 0.04 * (high - low))
  const names = variants.map(v => v.name)
  const titles = new Map(variants.map(v => [v.name, v.title]))
  const room = Math.max(...variants.map(v => v.title.length)) * LETTER
  const plot = svg(title, {
    width: WIDTH,
    height: ROW * variants.length + 40,
    marginLeft: room + 12,
    marginRight: 22,
    marginBottom: 28,
    marginTop: 4,
    x: {
      domain: [low - margin, high + margin],
      label: null,
      grid: true,
      ticks: 3,
      tickFormat: (share: number) => `${Number(share.toPrecision(6))} %`,
    },
    y: { type: 'band', domain: names, label: null, padding: 0 },
    color: { type: 'identity' },
    marks: [
      Plot.axisY({ tickSize: 0, tickFormat: (name: string) => titles.get(name)!, label: null }),
      Plot.ruleY(
        names.filter((_, k) => startsFamily(variants, k)),
        { dy: -ROW / 2, strokeOpacity: 0.3 },
      ),
      ...variants.flatMap(variant => {
        const { color } = styles.of(variant)
        const own = dots.filter(dot => dot.name === variant.name)
        const middle = own.length > 0 ? [{ name: variant.name, x: meanOf(own.map(dot => dot.x)) }] : []
        const place = { x: 'x', y: 'name' } as const
        return [
          ...(own.length > 1 ? [Plot.dot(own, { ...place, r: 2, fill: color, fillOpacity: 0.6 })] : []),
          Plot.dot(middle, {
            ...place,
            r: 5,
            stroke: color,
            strokeWidth: 2,
            fill: variant.ir ? color : 'var(--page)',
          }),
        ]
      }),
    ],
  })
  return `<figure><h3>${title}</h3>${plot}</figure>`
}
