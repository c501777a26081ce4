import { scaleLinear } from 'd3-scale'
import { axes, DASHES, frameOf, marker, path, roundTop } from './chart.ts'
import { type Pen, Surface } from './surface.ts'

export interface ByClassOptions {
  readonly label: string
  readonly top?: number
  /** The least that the axis holds, where `top` is not given. */
  readonly least?: number
}

type Values = ArrayLike<number>

/** A value of each class, from the largest to the smallest, a line a side; the tail is shaded. */
export class ByClass {
  readonly #surface: Surface
  readonly #options: ByClassOptions
  #sizes: readonly number[] = []
  #tail = 0
  #values: readonly [Values, Values] = [[], []]

  constructor(canvas: HTMLCanvasElement, options: ByClassOptions) {
    this.#surface = new Surface(canvas)
    this.#options = options
  }

  /** `sizes` are the classes' training images; the last `tail` classes are the tail. */
  show(values: readonly [Values, Values], sizes: readonly number[], tail: number): void {
    this.#values = values
    this.#sizes = sizes
    this.#tail = tail
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
    const { label, least = 1 } = this.#options
    const n = this.#sizes.length
    const all = this.#values.flatMap(values => Array.from(values).filter(Number.isFinite))
    const top = this.#options.top ?? roundTop(all, least)
    // Class j in the middle of the j-th of n equal bands.
    const x = scaleLinear([-0.5, n - 0.5], [frame.left, frame.right])
    const y = scaleLinear([0, top], [frame.bottom, frame.top])
    const edge = (x(n - this.#tail - 1) + x(n - this.#tail)) / 2
    context.fillStyle = colors.mark
    context.fillRect(edge, frame.top, frame.right - edge, frame.bottom - frame.top)
    const sizes = {
      scale: x,
      ticks: [...this.#sizes.keys()],
      label: 'training images of the class',
      format: (j: number) => String(this.#sizes[j]),
    }
    axes(pen, frame, sizes, { scale: y, ticks: y.ticks(5), label })
    context.fillText('tail', (edge + frame.right) / 2, frame.top - 15)
    this.#values.forEach((values, side) => {
      const points = Array.from(values, (value, j) => [x(j), y(value)] as const)
      context.strokeStyle = context.fillStyle = colors.sides[side]
      context.lineWidth = 2
      context.setLineDash(DASHES[side])
      path(context, points)
      context.setLineDash([])
      for (const [px, py] of points)
        if (!Number.isNaN(py)) marker(context, side === 0 ? 'ring' : 'square', px, py, 4)
    })
  }
}
