import * as Plot from '@observablehq/plot'
import { styleOf } from '../../page/colors.ts'
import { svg } from '../../page/svg.ts'
import type { Run } from '../results.ts'

/** The loss along the training, a line a run, smoothed over a few points. */
export function lossCurves(runs: readonly Run[]): string {
  return svg('training loss', {
    width: 540,
    height: 300,
    marginLeft: 48,
    marginBottom: 44,
    marginTop: 28,
    x: { label: 'step', labelAnchor: 'center', labelArrow: 'none', zero: true },
    y: { label: 'training loss', grid: true, labelArrow: 'none', zero: true },
    marks: runs.map(({ loss, curve }) => {
      const { color, dash } = styleOf(loss)
      return Plot.line(
        curve,
        Plot.windowY(
          { k: 5, anchor: 'middle' },
          { x: '0', y: '1', stroke: color, strokeDasharray: dash, strokeWidth: 1.8 },
        ),
      )
    }),
  })
}
