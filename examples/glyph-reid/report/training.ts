import * as Plot from '@observablehq/plot'
import { escapeHtml, svg } from '../../page/svg.ts'
import type { Run } from '../train/results.ts'
import { meanOf } from '../train/summary.ts'
import { extent } from './statistics.ts'
import type { Styles } from './styles.ts'
import { byFamily, type Panel, panelsOf, type Variant } from './variants.ts'

type Point = readonly [step: number, value: number]

/** Points of a line; more are not seen. */
const POINTS = 80

/** The loss along the training, a picture a margin, since losses of two margins do not compare; a line a run. */
export function lossCurves(variants: readonly Variant<Run>[], styles: Styles): string {
  const pictures = byFamily(variants).map(panel => {
    const lines = panel.variants.flatMap(v =>
      v.runs.map(run => ({ points: averaged(finite(run.curve)), style: styles.of(v) })),
    )
    return picture(panel.title, 'training loss', lines, { zero: true })
  })
  return grid(pictures)
}

const FIGURES = [
  { name: 'P1 rank-1, %', place: 1 },
  { name: 'P1 mAP, %', place: 2 },
] as const

/** Rank-1 and mAP of P1 along the training, means over the seeds. Empty where nothing was evaluated. */
export function evaluations(variants: readonly Variant<Run>[], styles: Styles): string {
  if (variants.every(v => v.runs.every(run => run.evaluations.length === 0))) return ''
  const lines = (panel: Panel<Variant<Run>>, place: 1 | 2): Line[] =>
    panel.variants.map(v => ({ points: meanEvaluations(v.runs, place), style: styles.of(v) }))
  const panels = panelsOf(variants)
  const frames = FIGURES.map(({ place }) => {
    const all = panels.flatMap(panel => lines(panel, place)).flatMap(line => line.points)
    return { domain: extent(all.map(point => point[1])) }
  })
  return grid(
    panels.flatMap(panel =>
      FIGURES.map(({ name, place }, k) => picture(panel.title, name, lines(panel, place), frames[k])),
    ),
  )
}

/** In percent. */
const meanEvaluations = (runs: readonly Run[], place: 1 | 2): Point[] =>
  byStep(finite(runs.flatMap(run => run.evaluations.map(e => [e[0], 100 * e[place]] as const))))

interface Line {
  readonly points: readonly Point[]
  readonly style: { readonly color: string; readonly dash: string }
}

function picture(title: string, label: string, lines: readonly Line[], y: Plot.ScaleOptions): string {
  const drawn = lines.filter(line => line.points.length > 0)
  if (drawn.length === 0) return ''
  const heading = title === '' ? label : `${title}: ${label}`
  const plot = svg(heading, {
    width: 400,
    height: 280,
    marginLeft: 44,
    marginRight: 16,
    marginBottom: 44,
    marginTop: 14,
    x: { label: 'step', labelAnchor: 'center', labelArrow: 'none', zero: true, nice: true, ticks: 5 },
    y: { label: null, grid: true, nice: true, ...y },
    marks: drawn.map(({ points, style }) =>
      Plot.line(points, {
        x: '0',
        y: '1',
        stroke: style.color,
        strokeDasharray: style.dash,
        strokeWidth: 1.8,
      }),
    ),
  })
  return `<figure><h3>${escapeHtml(heading)}</h3>${plot}</figure>`
}

const grid = (pictures: readonly string[]): string => `<div class="grid">${pictures.join('')}</div>`

const finite = (points: readonly Point[]): Point[] => points.filter(point => point.every(Number.isFinite))

/** At most so many points, each the mean of as many neighbours. */
export function averaged(points: readonly Point[]): Point[] {
  const width = Math.max(1, Math.ceil(points.length / POINTS))
  return Array.from({ length: Math.ceil(points.length / width) }, (_, k) => {
    const own = points.slice(k * width, (k + 1) * width)
    return [meanOf(own.map(p => p[0])), meanOf(own.map(p => p[1]))] as const
  })
}

/** The mean value at each step. */
function byStep(points: readonly Point[]): Point[] {
  const steps = [...new Set(points.map(p => p[0]))].sort((a, b) => a - b)
  return steps.map(step => [step, meanOf(points.filter(p => p[0] === step).map(p => p[1]))] as const)
}
