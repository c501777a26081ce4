import { scaleLinear } from 'd3-scale'
import { axes, DASHES, frameOf, path, roundTop } from './chart.ts'
import { type Pen, Surface } from './surface.ts'

/** Values at steps, ascending. */
export type Curve = readonly (readonly [step: number, value: number])[]

export interface CurveOptions {
  readonly label: string
  /** Where the y axis ends; default, at a round number above the values. */
  readonly top?: number
  readonly format?: (tick: number) => string
}

/** The most points that a line has: more would not be seen. */
const POINTS = 200

/** A value along the training, a line a side. */
export class Curves {
  readonly #surface: Surface
  readonly #options: CurveOptions
  #curves: readonly [Curve, Curve] = [[], []]
  #steps = 1

  constructor(canvas: HTMLCanvasElement, options: CurveOptions) {
    this.#surface = new Surface(canvas)
    this.#options = options
  }

  show(curves: readonly [Curve, Curve], steps: number): void {
    this.#curves = curves
    this.#steps = steps
    this.touch()
  }

  touch(): void {
    this.#surface.touch()
  }

  draw(): void {
    this.#surface.draw(pen => this.#paint(pen))
  }

  #paint(pen: Pen): void {
    const { context, colors } = pen
    const frame = frameOf(pen)
    const lines = this.#curves.map(curve => thinned(curve, POINTS))
    const top =
      this.#options.top ??
      roundTop(
        lines.flat().map(([, value]) => value),
        0.1,
      )
    const x = scaleLinear([0, this.#steps], [frame.left, frame.right])
    const y = scaleLinear([0, top], [frame.bottom, frame.top])
    const steps = { scale: x, ticks: x.ticks(5), label: 'step' }
    axes(pen, frame, steps, { scale: y, ticks: y.ticks(5), ...this.#options })
    context.lineWidth = 2
    lines.forEach((curve, i) => {
      context.strokeStyle = colors.sides[i]
      context.setLineDash(DASHES[i])
      path(
        context,
        curve.map(([step, value]) => [x(step), y(value)]),
      )
    })
    context.setLineDash([])
  }
}

/** The curve in at most `most` points, each the mean of as many neighbours. */
export function thinned(curve: Curve, most: number): Curve {
  const width = Math.ceil(curve.length / most)
  if (width <= 1) return curve
  return Array.from({ length: Math.ceil(curve.length / width) }, (_, i) => {
    const part = curve.slice(i * width, (i + 1) * width)
    const mean = (k: 0 | 1): number => part.reduce((sum, point) => sum + point[k], 0) / part.length
    return [mean(0), mean(1)]
  })
}
