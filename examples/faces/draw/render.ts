import type { Generator } from '../../../engine/index.ts'
import { blurred } from './blur.ts'
import type { Capture } from './capture.ts'
import { blend, type Color, step } from './color.ts'
import { headOf, normalAt } from './head.ts'
import type { Identity } from './identity.ts'
import { paintOf } from './paint.ts'
import { rays } from './rays.ts'
import { dot, intoHead, unit } from './vector.ts'

/** Pixels of a side: what face nets take. */
export const SIDE = 112
/** Rays a pixel, along each side. */
const RAYS = 2
/** How much of the scene the crop shows, in radii of the skull from its middle. */
const REACH = 1.12
/** The middle of the crop: between eyes and mouth, as faces are aligned. */
const MIDDLE = -0.12

/** The person as one image: rays on a head of ellipsoids, parallel light; blur and noise, which `rng` draws.  -> RGB bytes [112,112,3] */
export function render(identity: Identity, capture: Capture, rng: Generator): Uint8Array {
  const seen = scene(identity, capture)
  const values = new Float64Array(SIDE * SIDE * 3)
  const unit = (2 * REACH) / (SIDE * capture.zoom)
  for (let i = 0; i < SIDE * SIDE * RAYS * RAYS; i++) {
    const pixel = Math.floor(i / (RAYS * RAYS))
    const ray = i % (RAYS * RAYS)
    const column = (pixel % SIDE) + ((ray % RAYS) + 0.5) / RAYS
    const row = Math.floor(pixel / SIDE) + (Math.floor(ray / RAYS) + 0.5) / RAYS
    const x = (column - SIDE / 2) * unit + capture.shift[0]
    const y = (SIDE / 2 - row) * unit + capture.shift[1]
    const color = covers(capture, x, y) ? capture.bar.paint : seen(x, y + MIDDLE)
    for (let k = 0; k < 3; k++) values[3 * pixel + k] += (color[k] * capture.cast[k]) / (RAYS * RAYS)
  }
  return noisy(blurred(values, SIDE, capture.blur), capture.noise, rng)
}

/** The colour at (x, y) of the viewer's axes. */
function scene(identity: Identity, capture: Capture): (x: number, y: number) => Color {
  const head = headOf(identity, capture)
  const turned = intoHead(capture)
  const [right, up, near] = [turned([1, 0, 0]), turned([0, 1, 0]), turned([0, 0, 1])]
  const meet = rays(head, [-near[0], -near[1], -near[2]])
  const light = turned(capture.light)
  return (x, y) => {
    const hit = meet(x * right[0] + y * up[0], x * right[1] + y * up[1], x * right[2] + y * up[2])
    if (hit === undefined) return blend(...capture.backdrop, step(y + 0.4 * x, 2))
    const { index, point } = hit
    const lit = Math.max(0, dot(unit(normalAt(head, index, point)), light))
    const shine = capture.ambient + (1.05 - capture.ambient) * lit
    const [r, g, b] = paintOf(head[index].part, point, identity, capture)
    return [r * shine, g * shine, b * shine]
  }
}

const covers = ({ bar }: Capture, x: number, y: number): boolean =>
  Math.abs(x * Math.cos(bar.turn) + y * Math.sin(bar.turn) - bar.at) < bar.half

function noisy(values: Float64Array, noise: number, rng: Generator): Uint8Array {
  const bytes = new Uint8Array(values.length)
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = rng.normalPair(noise)
    for (let k = 0; k < 2; k++)
      bytes[i + k] = Math.round(255 * Math.min(1, Math.max(0, values[i + k] + pair[k])))
  }
  return bytes
}
