import { integer, two } from '../attrs.ts'
import type { Convolution, Window } from '../backends/backend.ts'
import { checkInteger, type OptionNames, refusal } from '../check.ts'

export type Pair = readonly [number, number]

/** How a window slides over height and width; a number stands for both. */
export interface WindowOptions {
  /** Default 1 for convolutions, the kernel's size for pooling. */
  stride?: number | Pair
  /**
   * Rows and columns of padding on either side. Default 0. 'same': as much as an output of ceil(n / stride) places
   * takes, the odd row below and the odd column to the right, as TensorFlow and PyTorch do.
   */
  padding?: number | Pair | 'same'
  /** Distance between the taps of the kernel. Default 1. */
  dilation?: number | Pair
}

export const WINDOW = {
  stride: true,
  padding: true,
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

export function paddingOf(op: string, padding: WindowOptions['padding']): Pair | 'same' {
  if (padding === 'same') return padding
  if (typeof padding === 'string') {
    throw refusal(op, "padding as an integer, [height, width] or 'same'", padding)
  }
  return checkedPair(op, 'padding', padding, 0, 0)
}

/** The window with its output size, floor((n + 2 padding - dilation (kernel - 1) - 1) / stride) + 1. */
export function outputSize(op: string, input: Pair, kernel: number | Pair, options: WindowOptions): Window {
  const taps = checkedPair(op, 'kernel', kernel, undefined, 1)
  const stride = checkedPair(op, 'stride', options.stride, 1, 1)
  const dilation = checkedPair(op, 'dilation', options.dilation, 1, 1)
  const span = spanOf(taps, dilation)
  const padding = paddingOf(op, options.padding)
  if (padding === 'same') {
    const output = same(input, stride)
    // A window's padding is what lies before the input; what lies behind follows from the output.
    const before = (i: 0 | 1): number =>
      Math.floor(Math.max((output[i] - 1) * stride[i] + span[i] - input[i], 0) / 2)
    return { kernel: taps, stride, padding: [before(0), before(1)], dilation, input, output }
  }
  const size = (i: 0 | 1): number => {
    if (input[i] + 2 * padding[i] < span[i]) {
      throw new Error(
        `${op}: a window of ${span[i]} does not fit into ${input[i]} with padding ${padding[i]}`,
      )
    }
    return Math.floor((input[i] + 2 * padding[i] - span[i]) / stride[i]) + 1
  }
  return { kernel: taps, stride, padding, dilation, input, output: [size(0), size(1)] }
}

/** The rows and columns that a window reaches over. */
const spanOf = (kernel: Pair, dilation: Pair): Pair => [
  dilation[0] * (kernel[0] - 1) + 1,
  dilation[1] * (kernel[1] - 1) + 1,
]

const same = (input: Pair, stride: Pair): Pair => [
  Math.ceil(input[0] / stride[0]),
  Math.ceil(input[1] / stride[1]),
]

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

/** Throws unless the output is one that the window gives. */
export function checkOutput(op: string, g: Window | Convolution): void {
  const { input, output, padding, stride, kernel, dilation } = g
  for (let i = 0; i < 2; i++) {
    const span = dilation[i] * (kernel[i] - 1) + 1
    const size = Math.floor((input[i] + 2 * padding[i] - span) / stride[i]) + 1
    const full = Math.ceil(input[i] / stride[i])
    if (output[i] === size || output[i] === full) continue
    throw new Error(`${op}: an output of ${size} or ${full} places expected, got ${output[i]}`)
  }
}
