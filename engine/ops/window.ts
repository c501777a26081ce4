import { integer, two } from '../attrs.ts'
import type { Window } from '../backends/backend.ts'
import { checkInteger, type OptionNames, refusal } from '../check.ts'
import type { Generator } from '../random.ts'

export type Pair = readonly [number, number]

/** Padding above and below, left and right. */
export type Sides = readonly [Pair, Pair]

/** How a window slides over height and width; a number stands for both. */
export interface WindowOptions {
  /** Default 1 for convolutions, the kernel's size for pooling. */
  stride?: number | Pair
  /**
   * Rows and columns of padding on either side, or [[top, bottom], [left, right]]. Default 0. 'same': as much as an output
   * of ceil(n / stride) places takes, the odd row below and the odd column to the right, as TensorFlow and PyTorch do;
   * 'sameLower': above and to the left.
   */
  padding?: number | Pair | Sides | 'same' | 'sameLower'
  /** Distance between the taps of the kernel. Default 1. */
  dilation?: number | Pair
}

export interface PoolOptions extends WindowOptions {
  /** A last window may stick out of the padding, where it begins on the image or before it. Default false. */
  ceilMode?: boolean
}

export const WINDOW = {
  stride: true,
  padding: ['pad', 'pads'],
  dilation: true,
} as const satisfies OptionNames<WindowOptions>

export const pair = (value: number | Pair | undefined, otherwise: number | Pair): Pair => {
  const v = value ?? otherwise
  return typeof v === 'number' ? [v, v] : v
}

/** A number of at least `low` for height and width, or one for each. */
export function checkedPair(
  op: string,
  name: string,
  value: number | Pair | undefined,
  otherwise: number | undefined,
  low: number,
): Pair {
  const given = value === undefined ? otherwise : value
  if (typeof given === 'object' && !(Array.isArray(given) && given.length === 2)) {
    throw refusal(op, `${name} as an integer or [height, width]`, given)
  }
  const both: Pair = Array.isArray(given) ? [given[0], given[1]] : [given as number, given as number]
  for (const n of both) checkInteger(op, name, n, low)
  return both
}

export function paddingOf(op: string, padding: WindowOptions['padding']): Sides | 'same' | 'sameLower' {
  if (padding === 'same' || padding === 'sameLower') return padding
  if (typeof padding === 'string') {
    throw refusal(
      op,
      "padding as an integer, [height, width], [[top, bottom], [left, right]], 'same' or 'sameLower'",
      padding,
    )
  }
  if (Array.isArray(padding) && padding.length === 2 && padding.some(side => Array.isArray(side))) {
    return [checkedPair(op, 'padding', padding[0], 0, 0), checkedPair(op, 'padding', padding[1], 0, 0)]
  }
  const [height, width] = checkedPair(op, 'padding', padding as number | Pair | undefined, 0, 0)
  return [
    [height, height],
    [width, width],
  ]
}

/**
 * The window with its output size, floor((n + padding on both sides - dilation (kernel - 1) - 1) / stride) + 1. Its padding
 * is what lies before the input; what lies behind follows from the output.
 */
export function outputSize(op: string, input: Pair, kernel: number | Pair, options: PoolOptions): Window {
  const taps = checkedPair(op, 'kernel', kernel, undefined, 1)
  const stride = checkedPair(op, 'stride', options.stride, 1, 1)
  const dilation = checkedPair(op, 'dilation', options.dilation, 1, 1)
  const padding = paddingOf(op, options.padding)
  const { ceilMode = false } = options
  const before: [number, number] = [0, 0]
  const output: [number, number] = [0, 0]
  for (let i = 0; i < 2; i++) {
    const span = dilation[i] * (taps[i] - 1) + 1
    if (typeof padding === 'string') {
      output[i] = Math.ceil(input[i] / stride[i])
      const both = Math.max((output[i] - 1) * stride[i] + span - input[i], 0)
      before[i] = padding === 'same' ? Math.floor(both / 2) : Math.ceil(both / 2)
    } else {
      before[i] = padding[i][0]
      output[i] = places(op, input[i], span, stride[i], padding[i], ceilMode)
    }
  }
  return { kernel: taps, stride, padding: before, dilation, input, output }
}

function places(
  op: string,
  input: number,
  span: number,
  stride: number,
  [before, after]: Pair,
  ceilMode: boolean,
): number {
  const room = input + before + after - span
  let n = Math.floor(room / stride) + 1
  if (ceilMode && (n - 1) * stride < room && n * stride < input + before) n++
  if (n > 0) return n
  const around = before === after ? before : `${before} and ${after}`
  throw new Error(`${op}: a window of ${span} does not fit into ${input} with padding ${around}`)
}

/** Padding of up to `most` on a side, of any kind, for the tests. */
export function samplePadding(rng: Generator, most: number): Sides | 'same' | 'sameLower' {
  const kind = rng.uniform()
  if (kind < 0.2) return 'same'
  if (kind < 0.4) return 'sameLower'
  const side = (): Pair => [rng.integer(0, most), rng.integer(0, most)]
  return [side(), side()]
}

/** What the attributes of an op on windows may be. */
export const WINDOW_ATTRS = {
  kernel: two(1),
  stride: two(1),
  padding: two(0),
  dilation: two(1),
  input: two(0),
  output: two(0),
}
export const CONVOLUTION_ATTRS = {
  ...WINDOW_ATTRS,
  batch: integer(0),
  groups: integer(1),
  inChannels: integer(0),
  outChannels: integer(0),
}

/** Of the window at place `i` along an axis, the first and the past-the-last of its taps that lie from `low` to `high`. */
export function tapsWithin(g: Window, axis: 0 | 1, i: number, low: number, high: number): Pair {
  const start = i * g.stride[axis] - g.padding[axis]
  const first = Math.max(0, Math.ceil((low - start) / g.dilation[axis]))
  return [first, Math.max(first, Math.min(g.kernel[axis], Math.ceil((high - start) / g.dilation[axis])))]
}

/** Where, along an axis, a window has no tap on the image: it is at either end, if anywhere. */
export function offImage(g: Window): { axis: 0 | 1; start: number } | undefined {
  for (const axis of [0, 1] as const) {
    const [padding, stride, places] = [g.padding[axis], g.stride[axis], g.output[axis]]
    for (let i = 0; i < places; i = i * stride < padding || i === places - 1 ? i + 1 : places - 1) {
      const [first, end] = tapsWithin(g, axis, i, 0, g.input[axis])
      if (first >= end) return { axis, start: i * stride - padding }
    }
  }
  return undefined
}

export function checkReach(op: string, g: Window): void {
  const off = offImage(g)
  if (off === undefined) return
  const { axis, start } = off
  throw new Error(
    `${op}: windows that reach the image expected, got one from ${start} on in steps of ${g.dilation[axis]} for a size of ${g.input[axis]}`,
  )
}
