import { scaleLinear } from 'd3-scale'
import type { Pen } from './surface.ts'

export const FONT = '12px system-ui, sans-serif'

/** Where a chart's axes stand, in pixels from the top left. */
export interface Frame {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

export const frameOf = ({ width, height }: Pen): Frame => ({
  left: 50,
  right: width - 18,
  top: 20,
  bottom: height - 38,
})

/** The least round number that is not below any of the values: an axis that rarely changes as values move. */
export function roundTop(values: Iterable<number>, least: number): number {
  let top = least
  for (const value of values) if (value > top) top = value
  return top > least ? scaleLinear([0, top], [0, 1]).nice(3).domain()[1] : least
}

interface Axis {
  readonly scale: (value: number) => number
  readonly ticks: readonly number[]
  readonly label: string
  readonly format?: (tick: number) => string
}

/** The y axis's lines across, both axes' numbers, and what they count. */
export function axes({ context, colors }: Pen, frame: Frame, x: Axis, y: Axis): void {
  const { left, right, top, bottom } = frame
  context.font = FONT
  context.fillStyle = colors.soft
  context.strokeStyle = colors.rule
  context.lineWidth = 1
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const tick of y.ticks) {
    const at = Math.round(y.scale(tick)) + 0.5
    line(context, left, at, right, at)
    context.fillText((y.format ?? String)(tick), left - 6, at)
  }
  context.textAlign = 'center'
  context.textBaseline = 'top'
  for (const tick of x.ticks) context.fillText((x.format ?? String)(tick), x.scale(tick), bottom + 6)
  context.fillText(x.label, (left + right) / 2, bottom + 22)
  context.save()
  context.translate(10, (top + bottom) / 2)
  context.rotate(-Math.PI / 2)
  context.textBaseline = 'middle'
  context.fillText(y.label, 0, 0)
  context.restore()
}

export function line(
  context: CanvasRenderingContext2D,
  x1: number,
  y1: number,
  x2: number,
  y2: number,
): void {
  context.beginPath()
  context.moveTo(x1, y1)
  context.lineTo(x2, y2)
  context.stroke()
}

/** Dashes of the two sides: told apart without colour. */
export const DASHES: readonly [number[], number[]] = [[5, 4], []]

/** A line through the points; NaN breaks it. */
export function path(context: CanvasRenderingContext2D, points: Iterable<readonly [number, number]>): void {
  context.beginPath()
  let open = false
  for (const [x, y] of points) {
    if (Number.isNaN(y)) open = false
    else if (open) context.lineTo(x, y)
    else {
      context.moveTo(x, y)
      open = true
    }
  }
  context.stroke()
}

export type Shape = 'dot' | 'ring' | 'square' | 'diamond'

/** A mark of radius r in the context's fill colour; a ring is drawn by its stroke. */
export function marker(
  context: CanvasRenderingContext2D,
  shape: Shape,
  x: number,
  y: number,
  r: number,
): void {
  if (shape === 'square') {
    context.fillRect(x - r, y - r, 2 * r, 2 * r)
    return
  }
  context.beginPath()
  if (shape === 'diamond') {
    context.moveTo(x, y - 1.3 * r)
    context.lineTo(x + 1.3 * r, y)
    context.lineTo(x, y + 1.3 * r)
    context.lineTo(x - 1.3 * r, y)
    context.closePath()
  } else context.arc(x, y, r, 0, 2 * Math.PI)
  if (shape === 'ring') context.stroke()
  else context.fill()
}
