import * as Plot from '@observablehq/plot'
import { styleOf } from '../../page/colors.ts'
import { legend } from '../../page/legend.ts'
import { titleOf } from '../../page/names.ts'
import { svg } from '../../page/svg.ts'
import type { Run } from '../results.ts'
import { byLoss } from '../table.ts'

/** The loss along the training, a line a run. */
export function curves(runs: readonly Run[]): string {
  const lines = runs.map(({ loss, curve, steps }) => ({
    ...styleOf(loss),
    points: curve.map((value, k): [number, number] => [((k + 0.5) * steps) / curve.length, value]),
  }))
  const keys = byLoss(runs).map(({ loss }) => ({ title: titleOf(loss), ...styleOf(loss) }))
  const plot = svg('the loss along the training', {
    width: 640,
    height: 320,
    marginLeft: 48,
    marginBottom: 44,
    x: { label: 'step', labelAnchor: 'center', labelArrow: 'none', zero: true },
    y: { label: 'loss', grid: true, labelArrow: 'none', zero: true },
    marks: lines.map(({ color, dash, points }) =>
      Plot.line(points, { x: '0', y: '1', stroke: color, strokeDasharray: dash, strokeWidth: 1.8 }),
    ),
  })
  return `${legend(keys)}${plot}`
}
