import type { Convolution } from '../../backend.ts'

/**
 * What a convolution, or its adjoint in x, does along an axis. Both sum over taps of a padded copy of what they read:
 * z[position] = sum over taps t of copy[a step + start + t tap] w[tap t], position = a phases + phase.
 *
 * Forward there is one phase. In the adjoint dx[h] = sum over taps i with h + padding - i dilation = p stride of
 * dz[p] w[i], and positions h of one phase within the stride have the same taps: i = first, first + every, .. which reach
 * p = a + (phase + padding - first dilation) / stride, and from one tap to the next dilation / gcd(stride, dilation) less.
 */
export interface Axis {
  readonly phases: number
  /** Positions, in all and of a phase. */
  readonly output: number
  readonly positions: number
  /** In the copy: from position to position, from tap to tap, and to where the positions of a tap at offset 0 begin. */
  readonly step: number
  readonly tap: number
  readonly lead: number
  /** Taps of a phase, at most, out of those of the kernel. */
  readonly taps: number
  readonly kernel: number
  readonly every: number
  /** What the first tap of a phase depends on; where there is one phase, such that it is 0. */
  readonly padding: number
  readonly dilation: number
  /** Zeros of the copy before what it holds, and its length. */
  readonly before: number
  readonly length: number
}

export type Axes = readonly [Axis, Axis]

/** Number arguments of a kernel: each key of both axes, by the names <key>0 and <key>1. */
export const axisNames = (keys: readonly (keyof Axis)[]): string =>
  keys.map(key => `${key}0, ${key}1`).join(', ')
export const axisNumbers = (axes: Axes, keys: readonly (keyof Axis)[]): number[] =>
  keys.flatMap(key => axes.map(axis => axis[key]))

export const forwardAxis = (g: Convolution, i: 0 | 1): Axis => ({
  phases: 1,
  output: g.output[i],
  positions: g.output[i],
  step: g.stride[i],
  tap: g.dilation[i],
  lead: 0,
  taps: g.kernel[i],
  kernel: g.kernel[i],
  every: 1,
  padding: 0,
  dilation: 1,
  before: g.padding[i],
  length: (g.output[i] - 1) * g.stride[i] + (g.kernel[i] - 1) * g.dilation[i] + 1,
})

export function adjointAxis(g: Convolution, i: 0 | 1): Axis {
  const [kernel, stride, padding, dilation] = [g.kernel[i], g.stride[i], g.padding[i], g.dilation[i]]
  const common = gcd(stride, dilation)
  const [every, back] = [stride / common, dilation / common]
  const [taps, positions] = [Math.ceil(kernel / every), Math.ceil(g.input[i] / stride)]
  const offsets = Array.from({ length: stride }, (_, phase) => {
    const first = firstTap(phase, padding, dilation, stride)
    return first < 0 ? 0 : (phase + padding - first * dilation) / stride
  })
  const lead = Math.max(0, (taps - 1) * back - Math.min(...offsets))
  const length = lead + positions + Math.max(...offsets)
  const numbers = { kernel, padding, dilation, every, taps, positions, lead, length }
  return { ...numbers, phases: stride, output: g.input[i], step: 1, tap: -back, before: lead }
}

/** The first tap of a phase, or -1; FIRST_TAP is its text for kernels. */
function firstTap(phase: number, padding: number, dilation: number, stride: number): number {
  for (let i = 0; i < stride; i++) {
    if ((phase + padding + i * dilation * (stride - 1)) % stride === 0) return i
  }
  return -1
}

/** Calls `div`. i dilation (stride - 1) is -i dilation but for multiples of the stride, and not negative. */
export const FIRST_TAP = `function firstTap(phase, padding, dilation, stride) {
  let first = -1;
  for (let i = 0; i < stride; i++) {
    const v = phase + padding + i * dilation * (stride - 1);
    if (first < 0 && v - div(v, stride) * stride === 0) { first = i; }
  }
  return first;
}`

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
