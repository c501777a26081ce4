import type { Pair, WindowOptions } from '../../engine/index.ts'
import { checkedPair, paddingOf } from '../../engine/ops/window.ts'

/**
 * The padding of a layer on either side, whatever its input's size. Throws on a 'same' that would depend on it, or that
 * is not the same on both sides: PyTorch and ONNX have no layer for those.
 */
export function fixedPadding(what: string, kernel: number | Pair, options: WindowOptions): Pair {
  const known = paddingOf(what, options.padding)
  if (known !== 'same') return known
  const taps = checkedPair(what, 'kernel', kernel, undefined, 1)
  const stride = checkedPair(what, 'stride', options.stride, 1, 1)
  const dilation = checkedPair(what, 'dilation', options.dilation, 1, 1)
  const both = taps.map((k, i) => dilation[i] * (k - 1))
  if (stride.some(s => s > 1) || both.some(n => n % 2 > 0)) {
    const got = `kernel ${taps}, stride ${stride}, dilation ${dilation}`
    throw new Error(`${what}: padding 'same' with stride 1 and an odd kernel expected, got ${got}`)
  }
  return [both[0] / 2, both[1] / 2]
}
