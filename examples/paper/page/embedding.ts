import * as Plot from '@observablehq/plot'
import { inDegrees, percent } from '../../long-tail/table.ts'
import { classColor } from '../../page/colors.ts'
import { svg } from '../../page/svg.ts'
import type { Points, Result, Run } from '../results.ts'
import { titleOf } from '../settings.ts'
import { RARE } from '../training.ts'

const SIZE = 380
/** This share of the points lies inside the picture; the few longest would shrink all others. */
const SHOWN = 0.985
/** How far the arrows go, and the picture, in lengths of the longest point that is shown. */
const [ARROW, EDGE] = [1.1, 1.16]

/** A panel of Fig. 2: the test images in the plane, the classes' weights as arrows, and each digit at its centre. */
export function embedding({ run, points }: Result): string {
  const reach = reachOf(points)
  const domain = [-EDGE * reach, EDGE * reach]
  const weights = run.classes.map(({ weight: [x, y] }, digit) => {
    const scale = (ARROW * reach) / (Math.hypot(x, y) || 1)
    return { digit, x: scale * x, y: scale * y }
  })
  // Last what lies on top.
  const labels = run.classes
    .map(({ centre: [x, y] }, digit) => ({ digit, ...within(x, y, reach) }))
    .sort((a, b) => Number(a.digit === RARE) - Number(b.digit === RARE))
  const to = { x1: 0, y1: 0, x2: 'x', y2: 'y', headLength: 9 } as const
  const plot = svg(`Test images embedded by ${titleOf(run.loss)}`, {
    width: SIZE,
    height: SIZE,
    margin: 2,
    x: { domain, axis: null },
    y: { domain, axis: null },
    color: { type: 'identity' },
    marks: [
      ...run.classes.map((_, digit) =>
        Plot.dot(shownOf(points, digit, reach), {
          x: '0',
          y: '1',
          r: 1.6,
          fill: colorOf(digit),
          fillOpacity: 0.5,
        }),
      ),
      // An edge, since an arrow lies on points of its own colour.
      Plot.arrow(weights, { ...to, stroke: 'var(--page)', strokeWidth: 4.5 }),
      Plot.arrow(weights, { ...to, stroke: d => colorOf(d.digit), strokeWidth: 2 }),
      Plot.text(labels, {
        x: 'x',
        y: 'y',
        text: d => String(d.digit),
        fill: 'var(--ink)',
        stroke: 'var(--page)',
        strokeWidth: 5,
        fontWeight: 700,
        fontSize: d => (d.digit === RARE ? 21 : 16),
      }),
    ],
  })
  return `<figure>${plot}<figcaption>${captionOf(run)}</figcaption></figure>`
}

const captionOf = (run: Run): string => {
  const { accuracy, angle } = run.classes[RARE]
  return `${titleOf(run.loss)}: “${RARE}” ${percent(accuracy)}, ${inDegrees(angle)}`
}

/** The rare digit in a warm colour, the others as they come. */
const colorOf = (digit: number): string => classColor([0, 1, 2, 8, 3, 4, 5, 6, 7, 9][digit], 10)

function reachOf({ x, y }: Points): number {
  const lengths = y.map((_, i) => Math.hypot(x[2 * i], x[2 * i + 1])).sort((a, b) => a - b)
  return lengths[Math.floor(SHOWN * (lengths.length - 1))] || 1
}

const shownOf = ({ x, y }: Points, digit: number, reach: number): [number, number][] =>
  y.flatMap((label, i): [number, number][] => {
    const [a, b] = [x[2 * i], x[2 * i + 1]]
    return label === digit && Math.hypot(a, b) <= reach ? [[a, b]] : []
  })

/** The point, or the one on the edge in its direction. */
function within(x: number, y: number, reach: number): { x: number; y: number } {
  const scale = Math.min(1, reach / (Math.hypot(x, y) || 1))
  return { x: scale * x, y: scale * y }
}
