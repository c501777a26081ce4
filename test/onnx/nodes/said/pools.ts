import {
  astype,
  avgPool2d,
  jvp,
  max,
  maxPool2d,
  mean,
  type PoolOptions,
  pad,
  reshape,
  scatter,
  type Tensor,
  tensor,
  transpose,
  zeros,
} from '../../../../engine/index.ts'
import { type Node, numbers, type Said } from '../node.ts'
import { cannot } from '../unsaid.ts'
import { onImages } from './layout.ts'
import { dilation, kernel, type Pair, windows } from './windows.ts'

/** Of images; a line is one of height 1. */
export const POOLS: Readonly<Record<string, Said>> = {
  AveragePool: ([x], node) => {
    const countIncludePad = node.flag('count_include_pad')
    const pool = (z: Tensor, kernel: Pair, options: PoolOptions) =>
      avgPool2d(z, kernel, { ...options, countIncludePad })
    return x.rank === 5 ? overVolume(x, node, pool) : onImages(x, z => pool(z, kernel(node), windows(node)))
  },
  GlobalAveragePool: ([x]) => mean(x, { axis: x.shape.map((_, i) => i).slice(2), keepDims: true }),
  GlobalMaxPool: ([x]) => max(x, { axis: x.shape.map((_, i) => i).slice(2), keepDims: true }),
  MaxPool: ([x], node) => {
    const floats = x.dtype === 'int32' ? astype(x, 'float32') : x
    const pool = (z: Tensor): Tensor =>
      x.rank === 5
        ? overVolume(z, node, maxPool2d)
        : onImages(z, v => maxPool2d(v, kernel(node), { ...windows(node), dilation: dilation(node) }))
    if (node.outputs.length === 1) return astype(pool(floats), x.dtype)
    // The place of the largest is what pooling makes of all places, along with x.
    const places = tensor(
      Float64Array.from({ length: x.size }, (_, i) => i),
      {
        shape: node.flag('storage_order') ? x.shape.with(-1, x.shape[2]).with(-2, x.shape[3]) : x.shape,
        ...on(x),
      },
    )
    const tangent = node.flag('storage_order') ? transpose(places) : places
    return [pool(floats), astype(jvp(pool, floats, tangent).dy, 'int32')]
  },
  MaxUnpool: ([x, places, size], node) => {
    const stride = node.ints('strides') ?? [1, 1]
    const shape =
      size === undefined
        ? [
            ...x.shape.slice(0, 2),
            ...[0, 1].map(i => (x.shape[i + 2] - 1) * stride[i] + (node.ints('kernel_shape') as number[])[i]),
          ]
        : numbers(size)
    const natural = [...x.shape.slice(0, 2), x.shape[2] * stride[0], x.shape[3] * stride[1]]
    const line = (t: Tensor) => reshape(t, [-1])
    const z = scatter(zeros([natural.reduce((n, s) => n * s)], on(x)), line(places), line(x))
    const whole = reshape(z, natural)
    return pad(
      whole,
      shape.map(() => 0),
      shape.map((n, i) => n - natural[i]),
    )
  },
}

const on = ({ backend, dtype }: Tensor) => ({ backend, dtype })

/** Height and width first, then depth: the mean of means, the largest of the largest. */
function overVolume(
  x: Tensor,
  node: Node,
  pool: (x: Tensor, kernel: Pair, options: PoolOptions) => Tensor,
): Tensor {
  const [depth, height, width] = node.ints('kernel_shape') as number[]
  const [sd, sh, sw] = node.ints('strides') ?? [1, 1, 1]
  if (node.ints('pads') !== undefined || node.has('auto_pad')) cannot('padding around volumes')
  const [n, c, d, h, w] = x.shape
  const planes = pool(reshape(x, [n * c * d, h, w, 1]), [height, width], { stride: [sh, sw] })
  const [, p, q] = planes.shape
  const z = pool(reshape(planes, [n * c, d, p * q, 1]), [depth, 1], { stride: [sd, 1] })
  return reshape(z, [n, c, z.shape[1], p, q])
}
