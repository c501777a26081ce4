import * as Plot from '@observablehq/plot'
import { classColor } from '../../page/colors.ts'
import { titleOf } from '../../page/names.ts'
import { spread } from '../../page/spread.ts'
import { svg } from '../../page/svg.ts'
import type { Points, Run } from '../results.ts'
import { percent } from '../table.ts'

const SIZE = 380
/** This share of the points lies inside the picture; the few longest would shrink all others. */
const SHOWN = 0.985
/** Between labels, in radians: about the width of one. */
const APART = 0.2

/** The test images in the plane, each class's prototype and centre as rays from the origin. */
export function embedding(run: Run, { x, y }: Points): string {
  const lengths = Float64Array.from({ length: y.length }, (_, i) => Math.hypot(x[2 * i], x[2 * i + 1]))
  const reach = Float64Array.from(lengths).sort()[Math.floor(SHOWN * (y.length - 1))] || 1
  const classes = run.classes.length
  const colorOf = (j: number): string => classColor(j, classes)
  const shown = Array.from({ length: y.length }, (_, i) => i).filter(i => lengths[i] <= reach)
  const rays = run.classes.flatMap((c, j) =>
    (['prototype', 'centre'] as const).map(what => ({ what, j, ...direction(c[what]) })),
  )
  const prototypes = rays.filter(ray => ray.what === 'prototype')
  const angles = spread(
    prototypes.map(ray => ray.angle),
    APART,
  )
  const labels = prototypes.map((ray, i) => ({ ...ray, angle: angles[i] }))
  const domain = [-1.34 * reach, 1.34 * reach]
  const plot = svg(`Test images embedded by ${titleOf(run.loss)}`, {
    width: SIZE,
    height: SIZE,
    margin: 2,
    x: { domain, axis: null },
    y: { domain, axis: null },
    marks: [
      ...run.classes.map((_, j) =>
        Plot.dot(
          shown.filter(i => y[i] === j),
          {
            x: (i: number) => x[2 * i],
            y: (i: number) => x[2 * i + 1],
            r: 1.6,
            fill: colorOf(j),
            fillOpacity: 0.55,
          },
        ),
      ),
      Plot.link(
        rays.filter(ray => ray.what === 'centre'),
        {
          x1: 0,
          y1: 0,
          x2: ray => 1.02 * reach * ray.x,
          y2: ray => 1.02 * reach * ray.y,
          stroke: ray => colorOf(ray.j),
          strokeWidth: 2,
          strokeDasharray: '2 4',
        },
      ),
      Plot.link(prototypes, {
        x1: 0,
        y1: 0,
        x2: ray => 1.1 * reach * ray.x,
        y2: ray => 1.1 * reach * ray.y,
        stroke: ray => colorOf(ray.j),
        strokeWidth: 2.2,
      }),
      Plot.text(labels, {
        x: ray => 1.22 * reach * Math.cos(ray.angle),
        y: ray => 1.22 * reach * Math.sin(ray.angle),
        text: ray => String(run.classes[ray.j].trainSize),
        fill: ray => colorOf(ray.j),
        fontWeight: 700,
        fontSize: 14,
      }),
    ],
    color: { type: 'identity' },
  })
  const caption = `${titleOf(run.loss)}: balanced ${percent(run.accuracy)}, tail ${percent(run.tail)}`
  return `<figure>${plot}<figcaption>${caption}</figcaption></figure>`
}

function direction(v: readonly number[]): { x: number; y: number; angle: number } {
  const length = Math.hypot(...v) || 1
  return { x: v[0] / length, y: v[1] / length, angle: Math.atan2(v[1], v[0]) }
}
