import { type Colors, colors } from './theme.ts'

/** What a picture is drawn with; lengths are CSS pixels. */
export interface Pen {
  readonly context: CanvasRenderingContext2D
  readonly width: number
  readonly height: number
  readonly colors: Colors
}

/** A canvas as large as its place on the page and as fine as the screen. */
export class Surface {
  readonly canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  #stale = true
  #visible = true

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('canvas: a 2-D context expected, got none')
    this.#context = context
    new ResizeObserver(() => this.touch()).observe(canvas)
    new IntersectionObserver(([entry]) => {
      this.#visible = entry.isIntersecting
    }).observe(canvas)
  }

  /** What is drawn is no longer what should be. */
  touch(): void {
    this.#stale = true
  }

  /** Draws if it was touched and can be seen. */
  draw(paint: (pen: Pen) => void): void {
    if (!this.#stale || !this.#visible) return
    const { clientWidth: width, clientHeight: height } = this.canvas
    if (width === 0 || height === 0) return
    this.#stale = false
    const dense = Math.min(globalThis.devicePixelRatio, 2)
    const [across, down] = [Math.round(width * dense), Math.round(height * dense)]
    // Setting a size clears the canvas and costs a new one.
    if (this.canvas.width !== across || this.canvas.height !== down) {
      this.canvas.width = across
      this.canvas.height = down
    }
    this.#context.setTransform(dense, 0, 0, dense, 0, 0)
    this.#context.clearRect(0, 0, width, height)
    paint({ context: this.#context, width, height, colors: colors() })
  }
}
