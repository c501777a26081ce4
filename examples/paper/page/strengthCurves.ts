import * as Plot from '@observablehq/plot'
import { LEARNED_DASH, type LineStyle, PALETTE } from '../../page/colors.ts'
import { legend } from '../../page/legend.ts'
import { svg } from '../../page/svg.ts'
import type { Run } from '../results.ts'
import { SETTINGS, titleOf } from '../settings.ts'
import { type End, meanStrength, movingMean, type Strength } from '../strengths.ts'
import { byLoss } from '../table.ts'

/** A mean over this share of the steps. */
const SMOOTH = 1 / 16
/** Points of a curve, about. */
const POINTS = 100

const PANELS: Readonly<Record<End, string>> = {
  head: 'the nine common digits, mean',
  tail: 'the rare “3”',
}

type Kind = keyof Strength
const styleOf = (place: number, kind: Kind): LineStyle => ({
  color: PALETTE[place],
  dash: kind === 'pull' ? 'none' : LEARNED_DASH,
})

/** Pull and push on the weights along the training with a rare digit, in two panels; '' where no run tells them. */
export function strengthCurves(runs: readonly Run[]): string {
  const lines = byLoss(runs)
    .filter(({ loss, own }) => !SETTINGS[loss].balanced && own.some(run => run.strengths))
    .flatMap(({ loss, own }, place) =>
      (['pull', 'push'] as const).map(kind => ({
        title: `${titleOf(loss)}, ${kind}`,
        ...styleOf(place, kind),
        values: (end: End): readonly number[] =>
          meanStrength(own.flatMap(run => run.strengths?.[end] ?? []))[kind],
      })),
    )
  if (lines.length === 0) return ''
  const panels = (Object.keys(PANELS) as End[]).map(end => {
    const curves = lines.map(({ color, dash, values }) => ({ color, dash, points: thinned(values(end)) }))
    return `<figure>${panel(end, curves)}<figcaption>${PANELS[end]}</figcaption></figure>`
  })
  return `${legend(lines)}<div class="grid">${panels.join('')}</div>`
}

interface Curve extends LineStyle {
  readonly points: readonly (readonly [step: number, value: number])[]
}

const panel = (end: End, curves: readonly Curve[]): string =>
  svg(`pull and push on the weights, ${PANELS[end]}`, {
    width: 400,
    height: 300,
    marginLeft: 48,
    marginBottom: 44,
    marginTop: 28,
    x: { label: 'step', labelAnchor: 'center', labelArrow: 'none', zero: true },
    y: { label: 'length of the gradient', grid: true, labelArrow: 'none', zero: true },
    marks: curves.map(({ color, dash, points }) =>
      Plot.line(points, { x: '0', y: '1', stroke: color, strokeDasharray: dash, strokeWidth: 1.8 }),
    ),
  })

function thinned(values: readonly number[]): [step: number, value: number][] {
  const every = Math.ceil(values.length / POINTS)
  return movingMean(values, SMOOTH * values.length).flatMap((value, t): [number, number][] =>
    (t + 1) % every === 0 || t === 0 ? [[t + 1, value]] : [],
  )
}
