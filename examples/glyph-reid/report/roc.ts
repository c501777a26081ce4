import * as Plot from '@observablehq/plot'
import { escapeHtml, svg } from '../../page/svg.ts'
import type { OpenSet, Run } from '../train/results.ts'
import { meanOf } from '../train/summary.ts'
import { interpolate } from './statistics.ts'
import type { Styles } from './styles.ts'
import { type Panel, panelsOf, type Variant } from './variants.ts'

type Point = readonly [far: number, tar: number]

/** The curves are drawn from here on: further left, a handful of pairs decides. */
const LEAST_FAR = 1e-5
/** The rates of the table. */
const MARKED = [1e-3, 1e-2]

const SETS: readonly { readonly title: string; readonly of: (run: Run) => OpenSet }[] = [
  { title: 'P1: seen fonts', of: run => run.p1 },
  { title: 'P2: unseen fonts', of: run => run.p2 },
]

/** ROC curves of P1 and of P2, means over the seeds; in a picture of one margin the others are grey. */
export function rocCurves(variants: readonly Variant<Run>[], styles: Styles): string {
  const pictures = panelsOf(variants).flatMap(panel =>
    SETS.map(({ title, of }) => picture(title, panel, variants, of, styles)),
  )
  return `<div class="grid">${pictures.join('')}</div>`
}

function picture(
  title: string,
  panel: Panel<Variant<Run>>,
  variants: readonly Variant<Run>[],
  of: (run: Run) => OpenSet,
  styles: Styles,
): string {
  const heading = panel.title === '' ? title : `${panel.title}, ${title}`
  const others = variants.filter(v => !panel.variants.includes(v))
  const line = (variant: Variant<Run>, options: Plot.LineOptions): Plot.Markish =>
    Plot.line(meanCurve(variant.runs.map(of)), { x: '0', y: '1', ...options })
  const plot = svg(`ROC curves, ${heading}`, {
    width: 400,
    height: 330,
    marginLeft: 44,
    marginRight: 16,
    marginBottom: 44,
    marginTop: 30,
    x: {
      type: 'log',
      domain: [LEAST_FAR, 1],
      label: 'false accept rate',
      labelAnchor: 'center',
      labelArrow: 'none',
      tickFormat: (far: number) => (Number.isInteger(Math.log10(far)) ? rate(far) : ''),
    },
    y: { domain: [0, 100], label: 'true accept rate, %', labelArrow: 'none', grid: true },
    marks: [
      Plot.ruleX(MARKED, { strokeDasharray: '1 3', strokeOpacity: 0.7 }),
      ...others.map(v => line(v, { stroke: 'currentColor', strokeOpacity: 0.18, strokeWidth: 1 })),
      ...panel.variants.map(v => {
        const { color, dash } = styles.of(v)
        return line(v, { stroke: color, strokeDasharray: dash, strokeWidth: 2 })
      }),
    ],
  })
  return `<figure><h3>${escapeHtml(heading)}</h3>${plot}</figure>`
}

/** .001 is 0.1 %. */
const rate = (far: number): string => `${Number((100 * far).toPrecision(1))} %`

/** TAR in percent, the mean over curves at the FARs of the first one, from the least FAR that is drawn. */
export function meanCurve(sets: readonly Pick<OpenSet, 'roc'>[]): Point[] {
  const curves = sets
    .map(({ roc }) => roc.filter(point => point.every(Number.isFinite)))
    .filter(c => c.length > 0)
  if (curves.length === 0) return []
  const fars = [LEAST_FAR, ...curves[0].map(([far]) => far).filter(far => far > LEAST_FAR)]
  return fars.map(far => [far, 100 * meanOf(curves.map(curve => interpolate(curve, far)))] as const)
}
