import {
  add,
  astype,
  conv2d,
  convTranspose2d,
  pad,
  permute,
  reshape,
  slice,
  sub,
  type Tensor,
} from '../../../../engine/index.ts'
import type { Node, Said } from '../node.ts'
import { cannot } from '../unsaid.ts'
import { onImages } from './layout.ts'
import { dilation, type Pair, pair, windows } from './windows.ts'

/** Of images; a line is one of height 1. */
export const CONVOLUTIONS: Readonly<Record<string, Said>> = {
  Conv: ([x, w, bias], node) =>
    onImages(x, z =>
      conv2d(z, taps(w), { ...windows(node), dilation: dilation(node), groups: node.int('group', 1), bias }),
    ),
  ConvInteger: ([x, w, zeroX, zeroW], node) => {
    const [values, weights] = [sub(x, zeroX ?? 0), sub(w, zeroW ?? 0)].map(t => astype(t, 'float32'))
    return astype(CONVOLUTIONS.Conv([values, weights], node) as Tensor, 'int32')
  },
  ConvTranspose: ([x, w, bias], node) => {
    if (x.rank === 5) return transposedVolume(x, w, node)
    const z = onImages(x, images => convTranspose2d(images, taps(w), enlarging(x, w, node)))
    return bias === undefined ? z : add(z, reshape(bias, [-1, 1, 1]))
  },
}

/** Weights [O,I,KH,KW] or [O,I,K] -> [KH,KW,I,O]. */
const taps = (w: Tensor): Tensor =>
  permute(w.rank === 3 ? reshape(w, w.shape.toSpliced(2, 0, 1)) : w, [2, 3, 1, 0])
/** With the padding that `output_shape` asks for, or without. */
function enlarging(x: Tensor, w: Tensor, node: Node) {
  const stride = pair(node.ints('strides'), 1)
  const asked = node.ints('output_shape')
  const options = {
    ...windows(node),
    dilation: dilation(node),
    groups: node.int('group', 1),
    outputPadding: pair(node.ints('output_padding'), 0),
  }
  if (asked === undefined) return options
  const extra = [0, 1].map(i => asked[i] - (x.shape[i + 2] - 1) * stride[i] - w.shape[i + 2])
  if (extra.some(n => n < 0)) cannot('an output_shape that cuts off')
  return { ...options, outputPadding: extra as unknown as Pair }
}

/** The sum over the taps along depth, each moved to where it belongs. */
function transposedVolume(x: Tensor, w: Tensor, node: Node): Tensor {
  for (const name of ['strides', 'pads', 'dilations', 'output_shape'])
    if (node.has(name)) cannot(`${name} in volumes`)
  const [n, c, d, height, width] = x.shape
  const [, o, depth, kh, kw] = w.shape
  const planes = reshape(permute(x, [0, 2, 3, 4, 1]), [n * d, height, width, c])
  const parts = Array.from({ length: depth }, (_, k) => {
    const plane = reshape(slice(w, [0, 0, k], [c, o, k + 1]), [c, o, kh, kw])
    const z = convTranspose2d(planes, taps(plane))
    const volume = reshape(z, [n, d, ...z.shape.slice(1)])
    return pad(volume, [0, k, 0, 0, 0], [0, depth - 1 - k, 0, 0, 0])
  })
  return permute(parts.reduce(add), [0, 4, 1, 2, 3])
}
