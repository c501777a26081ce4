import type { Tensor } from '../tensor.ts'
import { abs, clamp } from './activation.ts'
import { add, mul, stopGradient, sub } from './arithmetic.ts'
import { floor } from './rounding.ts'
import { greater, greaterEqual, less, lessEqual, where } from './select.ts'

export const PADDINGS = ['zeros', 'border', 'reflection'] as const
export const MODES = ['bilinear', 'nearest', 'bicubic'] as const

/** How `gridSample` takes pixels at places. */
export interface Sampling {
  readonly mode: (typeof MODES)[number]
  readonly padding: (typeof PADDINGS)[number]
  readonly alignCorners: boolean
}

/** From -1 .. 1 to pixels. */
export const pixel = (v: Tensor, size: number, alignCorners: boolean): Tensor =>
  alignCorners ? mul(add(v, 1), (size - 1) / 2) : sub(mul(add(v, 1), size / 2), 0.5)

/** Where a place outside of the image lies, that the image is as large as it is. */
export function padded(v: Tensor, size: number, { padding, alignCorners }: Sampling): Tensor {
  // Past the neighbours of the image all is 0, and far out there are no integers.
  if (padding === 'zeros') return clamp(v, -1, size)
  if (padding === 'border') return held(v, size)
  return held(reflected(v, alignCorners ? 0 : -0.5, alignCorners ? size - 1 : size), size)
}

/** v, but for places so far out that no tap differs from another: far out there are no integers. */
export const nearby = (v: Tensor, size: number, { padding }: Sampling): Tensor =>
  padding === 'reflection' ? v : clamp(v, -2, size + 1)

/** v within the image; at its edges and beyond without a gradient, as in PyTorch: there is no pixel past the last one. */
function held(v: Tensor, size: number): Tensor {
  const inside = mul(greater(v, 0), less(v, size - 1))
  return where(inside, v, stopGradient(clamp(v, 0, size - 1)))
}

/** v thrown back at `low` and at low + span. */
function reflected(v: Tensor, low: number, span: number): Tensor {
  if (span === 0) return mul(v, 0)
  const t = sub(v, low)
  const turn = mul(floor(mul(stopGradient(t), 1 / (2 * span))), 2 * span)
  return sub(low + span, abs(sub(sub(t, turn), span)))
}

export const within = (v: Tensor, size: number): Tensor => mul(greaterEqual(v, 0), lessEqual(v, size - 1))

/** A place of the image, whatever v is. */
export const valid = (v: Tensor, size: number): Tensor => where(within(v, size), stopGradient(v), 0)
