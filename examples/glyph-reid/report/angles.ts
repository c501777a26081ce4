import * as Plot from '@observablehq/plot'
import { degrees } from '../../../models/index.ts'
import { escapeHtml, svg } from '../../page/svg.ts'
import type { Run } from '../train/results.ts'
import { extent, median } from './statistics.ts'
import type { Styles } from './styles.ts'
import { byFamily, type Panel, type Variant } from './variants.ts'

interface Dot {
  readonly size: number
  /** Degrees. */
  readonly angle: number
}

/** Of the first seed of a variant; more make the page heavy and no clearer. */
const DOTS = 300
/** The bounds of few- and medium-shot classes, as `bySize` of ../../../models has them. */
const [FEW, MEDIUM] = [5, 29]
const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
/** Room beside the largest and the smallest class, as a factor. */
const MARGIN = 1.2

/** The angle between prototype and centre against the class's size, a picture a margin: dots and medians. */
export function anglesBySize(variants: readonly Variant<Run>[], styles: Styles): string {
  const all = variants.flatMap(v => v.runs.flatMap(dotsOf))
  if (all.length === 0) return '<p>No class has a prototype and a centre to compare.</p>'
  const [smallest, largest] = extent(all.map(dot => dot.size))
  const [, most] = extent(all.map(dot => dot.angle))
  const frame: Frame = { sizes: [smallest / MARGIN, largest * MARGIN], most }
  const pictures = byFamily(variants).map(panel => picture(panel, frame, styles))
  return `<div class="grid">${pictures.join('')}</div>`
}

interface Frame {
  readonly sizes: readonly [low: number, high: number]
  readonly most: number
}

function picture({ title, variants }: Panel<Variant<Run>>, { sizes, most }: Frame, styles: Styles): string {
  const [low, high] = sizes
  const borders = [FEW, MEDIUM].map(n => n + 0.5).filter(n => n > low && n < high)
  const place = { x: 'size', y: 'angle' } as const
  const plot = svg(`Angle between prototype and centre by class size, ${title}`, {
    width: 400,
    height: 320,
    marginLeft: 44,
    marginRight: 16,
    marginBottom: 44,
    marginTop: 34,
    x: { type: 'log', reverse: true, domain: [low, high] },
    y: { domain: [0, most], nice: true, grid: true, label: 'degrees', labelArrow: 'none' },
    color: { type: 'identity' },
    marks: [
      ...(FEW > low
        ? [
            Plot.rect([0], {
              x1: low,
              x2: Math.min(high, FEW + 0.5),
              fill: 'currentColor',
              fillOpacity: 0.07,
            }),
          ]
        : []),
      Plot.ruleX(borders, { strokeDasharray: '1 3', strokeOpacity: 0.7 }),
      Plot.axisX(
        TICKS.filter(n => n >= low && n <= high),
        {
          text: (n: number) => String(n),
          label: 'training images of the class',
          labelAnchor: 'center',
          labelArrow: 'none',
        },
      ),
      ...variants.map(v => {
        const dots = thinned(dotsOf(v.runs[0]))
        return Plot.dot(dots, { ...place, r: 1.5, fill: styles.of(v).color, fillOpacity: 0.4 })
      }),
      ...variants.flatMap(v => {
        const { color, dash } = styles.of(v)
        const line = medians(v.runs.flatMap(dotsOf))
        const fill = v.ir ? color : 'var(--page)'
        return [
          Plot.line(line, { ...place, stroke: color, strokeWidth: 2.4, strokeDasharray: dash }),
          Plot.dot(line, { ...place, r: 3.6, stroke: color, strokeWidth: 2, fill }),
        ]
      }),
      ...named(borders, low, high),
    ],
  })
  return `<figure><h3>${escapeHtml(title)}</h3>${plot}</figure>`
}

/** The names of the groups of classes above the frame, where their part of it is wide enough. */
function named(borders: readonly number[], low: number, high: number): Plot.Markish[] {
  const ends = [low, ...[FEW, MEDIUM].map(n => Math.min(high, Math.max(low, n + 0.5))), high]
  const parts = ['few', 'medium', 'many'].map((name, k) => ({ name, low: ends[k], high: ends[k + 1] }))
  if (borders.length === 0) return []
  return [
    Plot.text(
      parts.filter(part => Math.log(part.high / part.low) > 0.12 * Math.log(high / low)),
      {
        x: part => Math.sqrt(part.low * part.high),
        text: 'name',
        frameAnchor: 'top',
        dy: -16,
        fillOpacity: 0.7,
        fontStyle: 'italic',
      },
    ),
  ]
}

function dotsOf({ classes }: Run): Dot[] {
  return classes.flatMap(({ size, angle }) =>
    angle === null || !Number.isFinite(angle) ? [] : [{ size, angle: degrees(angle) }],
  )
}

/** Some of the dots, evenly over the classes in the order of their sizes. */
function thinned(dots: readonly Dot[]): Dot[] {
  if (dots.length <= DOTS) return [...dots]
  const sorted = [...dots].sort((a, b) => b.size - a.size)
  return Array.from({ length: DOTS }, (_, k) => sorted[Math.floor(((k + 0.5) * dots.length) / DOTS)])
}

/** The median angle in bins of half an octave (1, 2, 3, 4-5, 6-7, 8-11, ... images), at the median of their sizes. */
export function medians(dots: readonly Dot[]): Dot[] {
  const bins = new Map<number, Dot[]>()
  for (const dot of dots) {
    const bin = Math.floor(2 * Math.log2(dot.size))
    const own = bins.get(bin)
    if (own) own.push(dot)
    else bins.set(bin, [dot])
  }
  return [...bins]
    .sort(([a], [b]) => b - a)
    .map(([, own]) => ({ size: median(own.map(d => d.size)), angle: median(own.map(d => d.angle)) }))
}
