import * as Plot from '@observablehq/plot'
import { PALETTE } from '../../page/colors.ts'
import { svg } from '../../page/svg.ts'
import { FAMILIES, type Row, rowOf } from '../rows.ts'
import type { Means } from '../table.ts'
import { placed } from './placed.ts'

type Family = Row['family']

/** Drawn twice: a picture for a wide page would have letters of a few pixels on a phone. */
const SIZES = [
  { name: 'wide', width: 720, height: 520 },
  { name: 'narrow', width: 350, height: 440 },
] as const

export const STYLE = `.narrow { display: none }
@media (max-width: 600px) { .wide { display: none } .narrow { display: block } }
.legend svg { margin-right: 4px }
td, th { font-size: .85rem; padding: 5px }`

const MARGIN = { top: 26, right: 12, bottom: 44, left: 44 }
const FONT = 12
const RADIUS = 4.5

const colorOf = (family: Family): string =>
  PALETTE[(Object.keys(FAMILIES) as Family[]).indexOf(family)] as string

/** Accuracy on the rarest kinds against retrieval among new ones, with names where there is room. */
export const picture = (means: readonly Means[]): string =>
  `<ul class="legend">${(Object.keys(FAMILIES) as Family[])
    .map(
      family =>
        `<li><svg width="12" height="12" aria-hidden="true"><circle cx="6" cy="6" r="5" fill="${colorOf(family)}"/></svg>${FAMILIES[family]}</li>`,
    )
    .join('')}</ul>${SIZES.map(size => `<div class="${size.name}">${drawn(means, size)}</div>`).join('')}`

function drawn(means: readonly Means[], { width, height }: { width: number; height: number }): string {
  const points = means.map(({ loss, tail, mAP }) => ({
    loss,
    x: 100 * tail,
    y: 100 * mAP,
    color: colorOf(rowOf(loss).family),
  }))
  const [x, y] = [domainOf(points.map(p => p.x)), domainOf(points.map(p => p.y))]
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom }
  const toPixels = (p: { x: number; y: number }) => ({
    x: MARGIN.left + ((p.x - x[0]) / (x[1] - x[0])) * inner.width,
    y: MARGIN.top + ((y[1] - p.y) / (y[1] - y[0])) * inner.height,
  })
  const order = [...points].sort((a, b) => beaten(a, points) - beaten(b, points))
  const labels = placed(
    order.map(point => ({ text: point.loss, color: point.color, ...toPixels(point) })),
    { width, height, margin: MARGIN, font: FONT, radius: RADIUS },
  )
  return svg('Accuracy on the four rarest kinds against mAP among new kinds', {
    width,
    height,
    marginTop: MARGIN.top,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    marginLeft: MARGIN.left,
    x: {
      domain: x,
      label: 'four rarest kinds, %',
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
      ticks: 6,
    },
    y: { domain: y, label: 'open set, mAP %', labelArrow: 'none', grid: true, ticks: 6 },
    color: { type: 'identity' },
    marks: [
      Plot.dot(points, { x: 'x', y: 'y', fill: 'color', r: RADIUS, title: p => p.loss }),
      ...labels.map(({ text, left, right, top, color, before }) =>
        Plot.text([text], {
          frameAnchor: 'top-left',
          dx: (before ? right : left) - MARGIN.left,
          dy: top - MARGIN.top,
          fill: color,
          fontSize: FONT,
          textAnchor: before ? 'end' : 'start',
          lineAnchor: 'top',
        }),
      ),
    ],
  })
}

/** How many others are better in both. */
const beaten = (point: { x: number; y: number }, all: readonly { x: number; y: number }[]): number =>
  all.filter(other => other.x > point.x && other.y > point.y).length

/** All values, and some room about them. */
function domainOf(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const room = Math.max(0.06 * (most - least), 1)
  return [least - room, most + room]
}
