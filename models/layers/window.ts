import type { Pair, WindowOptions } from '../../engine/index.ts'
import { checkedPair, paddingOf } from '../../engine/ops/window.ts'
import type { Window } from './layer.ts'

/**
 * The window of a layer, all of it in pairs, whatever its input's size. Throws on a 'same' that would depend on it, or that
 * is not the same on both sides: PyTorch and ONNX have no layer for those.
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
  if (known !== 'same') return { kernel: taps, stride, padding: known, dilation }
  const both = taps.map((k, i) => dilation[i] * (k - 1))
  if (stride.some(s => s > 1) || both.some(n => n % 2 > 0)) {
    const got = `kernel ${taps}, stride ${stride}, dilation ${dilation}`
    throw new Error(`${what}: padding 'same' with stride 1 and an odd kernel expected, got ${got}`)
  }
  return { kernel: taps, stride, padding: [both[0] / 2, both[1] / 2], dilation }
}
