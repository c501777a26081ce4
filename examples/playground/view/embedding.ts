import { spread } from '../../page/spread.ts'
import type { Data, Sight } from '../training/messages.ts'
import { line, marker } from './chart.ts'
import { directions, reachOf } from './geometry.ts'
import { type Pen, Surface } from './surface.ts'
import { FLAT, type Seen, seen, type Turntable } from './turn.ts'
import { Tween } from './tween.ts'

/** Lengths of rays and the distance of labels, of the distance up to which points are shown. */
const CENTRE = 1.02
const PROTOTYPE = 1.12
const LABEL = 1.24
const EDGE = 1.36

/** The test images where a net puts them, with each class's prototype and centre as rays from the origin. */
export class Embedding {
  readonly #surface: Surface
  readonly #table: Turntable
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)').matches
  readonly #points = new Tween()
  readonly #prototypes = new Tween()
  readonly #centres = new Tween()
  readonly #reach = new Tween()
  #data: Data | undefined
  #dim = 2

  constructor(canvas: HTMLCanvasElement, table: Turntable) {
    this.#surface = new Surface(canvas)
    this.#table = table
    table.handle(canvas, () => this.touch())
  }

  show({ points, prototypes, centres }: Sight, data: Data, dim: number): void {
    const now = performance.now()
    const still = this.#still || data !== this.#data
    this.#points.aim(points, now, still)
    this.#prototypes.aim(directions(prototypes, dim), now, still)
    this.#centres.aim(directions(centres, dim), now, still)
    this.#reach.aim(Float32Array.of(reachOf(points, dim)), now, still)
    this.#data = data
    this.#dim = dim
    // Only what can be turned is something to go to by keyboard.
    this.#surface.canvas.tabIndex = dim === 3 ? 0 : -1
    this.touch()
  }

  touch(): void {
    this.#surface.touch()
  }

  draw(now: number): void {
    if (this.#points.moves(now) || (this.#dim === 3 && this.#table.turning)) this.touch()
    this.#surface.draw(pen => this.#paint(pen, now))
    // The last frame of a movement is the one after it.
    if (this.#points.moves(now)) this.touch()
  }

  #paint(pen: Pen, now: number): void {
    const data = this.#data
    if (data === undefined) return
    const { context, width, height, colors } = pen
    const [dim, classes] = [this.#dim, data.sizes.length]
    const [reach] = this.#reach.at(now)
    const unit = Math.min(width, height) / 2 / EDGE
    const turn = dim === 3 ? this.#table.turn : FLAT
    const place = (values: Float32Array, i: number, size: number): Seen => {
      const z = dim === 3 ? values[i * dim + 2] : 0
      const p = seen(values[i * dim] * size, values[i * dim + 1] * size, z * size, turn)
      return { x: width / 2 + p.x * unit, y: height / 2 - p.y * unit, depth: p.depth }
    }
    context.lineWidth = 1
    context.strokeStyle = colors.rule
    marker(context, 'ring', width / 2, height / 2, unit)

    const points = this.#points.at(now)
    const order = Array.from(data.labels, (j, i) => ({ j, p: place(points, i, 1 / reach) }))
    if (dim === 3) order.sort((a, b) => a.p.depth - b.p.depth)
    for (const { j, p } of order) {
      context.fillStyle = colors.ofClass(j, classes)
      context.globalAlpha = dim === 3 ? Math.max(0.25, Math.min(0.9, 0.55 + 0.3 * p.depth)) : 0.65
      const tail = data.tail.includes(j)
      marker(context, tail ? 'diamond' : 'dot', p.x, p.y, tail ? 2.4 : 2)
    }
    context.globalAlpha = 1

    const centres = this.#centres.at(now)
    const prototypes = this.#prototypes.at(now)
    const ray = (p: Seen): void => line(context, width / 2, height / 2, p.x, p.y)
    for (let j = 0; j < classes; j++) {
      context.strokeStyle = colors.ofClass(j, classes)
      context.lineWidth = 2
      context.setLineDash([2, 4])
      ray(place(centres, j, CENTRE))
      context.setLineDash([])
      context.lineWidth = 2.4
      ray(place(prototypes, j, PROTOTYPE))
    }
    this.#label(
      pen,
      Array.from({ length: classes }, (_, j) => place(prototypes, j, LABEL)),
      data,
    )
  }

  /** Each prototype's digit at the end of its ray; in the plane those too close to each other are pushed apart. */
  #label({ context, width, height, colors }: Pen, places: readonly Seen[], { digits }: Data): void {
    context.font = 'bold 14px system-ui, sans-serif'
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    const [cx, cy] = [width / 2, height / 2]
    const angles = places.map(p => Math.atan2(p.y - cy, p.x - cx))
    const moved = this.#dim === 2 ? spread(angles, 0.16) : angles
    places.forEach((p, j) => {
      const radius = Math.hypot(p.x - cx, p.y - cy)
      context.fillStyle = colors.ofClass(j, places.length)
      context.fillText(String(digits[j]), cx + radius * Math.cos(moved[j]), cy + radius * Math.sin(moved[j]))
    })
  }
}
