import type { Capture } from './capture.ts'
import { blend, type Color, scaled, step } from './color.ts'
import type { Part } from './head.ts'
import type { Identity } from './identity.ts'
import type { Vector } from './vector.ts'

const WHITE: Color = [0.93, 0.92, 0.9]
const BLACK: Color = [0.04, 0.03, 0.03]
/** How sharp edges are, in radii of the skull. */
const EDGE = 0.025

/** Math.hypot, which guards against overflow, takes many times as long. */
const length = (x: number, y: number): number => Math.sqrt(x * x + y * y)

/** Is the point within an ellipse, 1, or outside, 0? */
const ellipse = (x: number, y: number, width: number, height: number): number =>
  step((1 - length(x / width, y / height)) * Math.min(width, height), EDGE)

/** The colour of a point of the head, before light falls on it. */
export function paintOf(part: Part, point: Vector, identity: Identity, capture: Capture): Color {
  const { skin, hair } = identity
  switch (part) {
    case 'hair':
      return scaled(hair.color, 0.85 + 0.15 * Math.sin(40 * point[0] + 9 * point[2]))
    case 'hat':
      return capture.felt
    case 'shirt':
      return capture.frame
    case 'ear':
      return scaled(skin, 0.93)
    case 'nose':
      return nostrils(point, identity)
    case 'skin':
      return point[2] > 0 ? face(point, identity, capture) : skin
  }
}

function nostrils([x, y]: Vector, { skin, nose }: Identity): Color {
  const low = nose.height - nose.length * 0.5
  const dark = ellipse(Math.abs(x) - nose.width * 0.45, y - low, nose.width * 0.25, 0.022)
  return blend(scaled(skin, 1.02), scaled(skin, 0.35), dark)
}

function face(point: Vector, identity: Identity, capture: Capture): Color {
  const { skin, mouth, mole, freckles } = identity
  const [x, y] = point
  let paint = skin
  const spots = Math.sin(57 * x + 31 * y) * Math.sin(43 * y - 37 * x)
  paint = blend(
    paint,
    scaled(skin, 0.72),
    freckles * step(spots - 0.55, 0.3) * ellipse(x, y + 0.15, 0.6, 0.25),
  )
  const chin = step(-0.3 - y - 0.35 * (Math.abs(x) < 0.2 ? 0.4 : 0), 0.2)
  paint = blend(paint, scaled(identity.hair.color, 0.6), Math.min(0.85, capture.beard) * chin)
  paint = lips(paint, x, y, mouth, capture)
  paint = brows(paint, x, y, identity, capture)
  paint = eyes(paint, x, y, identity, capture)
  paint = blend(paint, scaled(skin, 0.3), ellipse(x - mole.x, y - mole.y, mole.size, mole.size))
  return glasses(paint, x, y, identity, capture)
}

function lips(
  skin: Color,
  x: number,
  y: number,
  mouth: Identity['mouth'],
  { smile, speaks }: Capture,
): Color {
  const width = mouth.width * (1 + 0.15 * smile)
  const bend = y - mouth.height - 0.12 * smile * (x / width) ** 2 * width * 2
  const thick = mouth.lips + 0.05 * speaks
  const painted = blend(skin, mouth.paint, ellipse(x, bend, width, thick))
  const open = 0.012 + 0.055 * speaks
  return blend(painted, [0.25, 0.08, 0.08], ellipse(x, bend, width * 0.9, open))
}

function brows(
  skin: Color,
  x: number,
  y: number,
  { eyes, brows, hair }: Identity,
  { browsUp }: Capture,
): Color {
  const out = Math.abs(x) - eyes.apart
  const rise = y - eyes.height - brows.height - browsUp - brows.slope * out + 1.2 * out * out
  return blend(skin, scaled(hair.color, 0.55), ellipse(out, rise, brows.length, brows.thickness))
}

function eyes(skin: Color, x: number, y: number, { eyes }: Identity, { squint, gaze }: Capture): Color {
  const out = Math.abs(x) - eyes.apart
  const up = y - eyes.height - eyes.slope * out
  const open = eyes.width * eyes.open * (1 - 0.75 * squint)
  const lid = ellipse(out, up, eyes.width * 1.12, open * 1.3)
  const shown = ellipse(out, up, eyes.width, open)
  if (lid === 0) return skin
  const [side, look] = [x < 0 ? -1 : 1, eyes.width * 0.5]
  const [dx, dy] = [out - side * gaze[0] * look, up - gaze[1] * look]
  const iris = eyes.width * 0.52
  let ball = blend(WHITE, eyes.iris, ellipse(dx, dy, iris, iris))
  ball = blend(ball, BLACK, ellipse(dx, dy, iris * 0.45, iris * 0.45))
  return blend(blend(skin, scaled(skin, 0.55), lid), ball, shown)
}

function glasses(skin: Color, x: number, y: number, { eyes }: Identity, { glasses, frame }: Capture): Color {
  if (glasses === 0) return skin
  const [out, up] = [Math.abs(x) - eyes.apart, y - eyes.height]
  const rim = Math.abs(length(out, up * 1.2) - glasses)
  const bridge = Math.abs(x) < eyes.apart - glasses ? Math.abs(up - 0.03) : 1
  return blend(skin, frame, step(0.028 - Math.min(rim, bridge), EDGE))
}
