import type { Window } from '../backends/backend.ts'

export type Pair = readonly [number, number]

/** How a window slides over height and width; a number stands for both. */
export interface WindowOptions {
  /** Default 1 for convolutions, the kernel's size for pooling. */
  stride?: number | Pair
  /** Rows and columns of padding on either side. Default 0. */
  padding?: number | Pair
  /** Distance between the taps of the kernel. Default 1. */
  dilation?: number | Pair
}

export const pair = (value: number | Pair | undefined, otherwise: number | Pair): Pair => {
  const v = value ?? otherwise
  return typeof v === 'number' ? [v, v] : v
}

/** The window with its output size, floor((n + 2 padding - dilation (kernel - 1) - 1) / stride) + 1. */
export function outputSize(op: string, input: Pair, kernel: Pair, options: WindowOptions): Window {
  const stride = pair(options.stride, 1)
  const padding = pair(options.padding, 0)
  const dilation = pair(options.dilation, 1)
  const atLeast = (what: string, values: Pair, low: number): void => {
    if (!values.every(v => Number.isInteger(v) && v >= low)) {
      throw new Error(`${op}: ${what} is an integer >= ${low}, got ${values}`)
    }
  }
  atLeast('kernel', kernel, 1)
  atLeast('stride', stride, 1)
  atLeast('padding', padding, 0)
  atLeast('dilation', dilation, 1)
  const size = (i: 0 | 1): number => {
    const span = dilation[i] * (kernel[i] - 1) + 1
    if (input[i] + 2 * padding[i] < span) {
      throw new Error(`${op}: a window of ${span} does not fit into ${input[i]} with padding ${padding[i]}`)
    }
    return Math.floor((input[i] + 2 * padding[i] - span) / stride[i]) + 1
  }
  return { kernel, stride, padding, dilation, input, output: [size(0), size(1)] }
}
