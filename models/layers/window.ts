import type { Pair, Sides, WindowOptions } from '../../engine/index.ts'
import { checkedPair, paddingOf } from '../../engine/ops/window.ts'
import type { Window } from './layer.ts'

/**
 * The window of a layer, all of it in numbers, whatever its input's size. Throws on a 'same' that would depend on it, which
 * PyTorch has no layer for.
 */
export function windowOf(
  what: string,
  kernel: number | Pair,
  options: WindowOptions,
  defaultStride: number | Pair = 1,
): Window {
  const taps = checkedPair(what, 'kernel', kernel, undefined, 1)
  const known = paddingOf(what, options.padding)
  const stride = checkedPair(what, 'stride', options.stride ?? defaultStride, undefined, 1)
  const dilation = checkedPair(what, 'dilation', options.dilation, 1, 1)
  if (typeof known !== 'string') return { kernel: taps, stride, padding: known, dilation }
  if (stride.some(s => s > 1)) {
    throw new Error(
      `${what}: padding '${known}' with stride 1 expected, got kernel ${taps}, stride ${stride}, dilation ${dilation}`,
    )
  }
  const sides = (i: 0 | 1): Pair => {
    const both = dilation[i] * (taps[i] - 1)
    const less = Math.floor(both / 2)
    return known === 'same' ? [less, both - less] : [both - less, less]
  }
  const padding: Sides = [sides(0), sides(1)]
  return { kernel: taps, stride, padding, dilation }
}
