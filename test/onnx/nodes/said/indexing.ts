import {
  add,
  astype,
  broadcastTo,
  einsum,
  gather,
  gatherND,
  matmul,
  mul,
  oneHot,
  permute,
  remainder,
  reshape,
  type ScatterOptions,
  scatter,
  scatterND,
  slice,
  sub,
  type Tensor,
  take,
  tensor,
  where,
} from '../../../../engine/index.ts'
import { number, numbers, type Said } from '../node.ts'
import { movedLast } from './layout.ts'

/** What picks and places by indices, and products. */
export const INDEXING: Readonly<Record<string, Said>> = {
  Compress: ([x, condition], node) => {
    const places = numbers(condition).flatMap((c, i) => (c === 0 ? [] : [i]))
    const index = tensor(Int32Array.from(places), { backend: x.backend })
    return node.has('axis') ? take(x, index, node.int('axis')) : take(reshape(x, [-1]), index)
  },
  Einsum: (xs, node) => einsum(node.text('equation'), ...xs),
  Gather: ([x, index], node) => take(x, index, node.int('axis')),
  GatherElements: ([x, index], node) => gather(x, index, node.int('axis')),
  GatherND: ([x, index], node) => gatherND(x, index, { batchDims: node.int('batch_dims') }),
  Gemm: ([a, b, c], node) => {
    const transposes = { transposeA: node.flag('transA'), transposeB: node.flag('transB') }
    const z = mul(matmul(a, b, transposes), node.float('alpha', 1))
    return c === undefined ? z : add(z, mul(c, node.float('beta', 1)))
  },
  MatMul: ([a, b]) => matmul(a, b),
  MatMulInteger: ([a, b, zeroA, zeroB]) => matmul(sub(a, zeroA ?? 0), sub(b, zeroB ?? 0)),
  OneHot: ([index, depth, offAndOn], node) => {
    const [off, on] = [0, 1].map(i => reshape(slice(offAndOn, [i], [i + 1]), []))
    const n = number(depth)
    const hot = oneHot(remainder(astype(index, 'int32'), n), n)
    return permute(where(hot, on, off), movedLast(hot.rank, node.int('axis', -1)).back)
  },
  ReverseSequence: ([x, lengths], node) => {
    const [time, batch] = [node.int('time_axis', 0), node.int('batch_axis', 1)]
    const n = x.shape[time]
    const lines = numbers(lengths).flatMap(length =>
      Array.from({ length: n }, (_, i) => (i < length ? length - 1 - i : i)),
    )
    const byBatch = tensor(Int32Array.from(lines), { shape: [lengths.size, n], backend: x.backend })
    const index = batch < time ? byBatch : permute(byBatch, [1, 0])
    return gather(x, spread(index, x, [batch, time]), time)
  },
  Scatter: ([x, index, src], node) => scatter(x, index, src, node.int('axis')),
  ScatterElements: ([x, index, src], node) =>
    scatter(x, index, src, { axis: node.int('axis'), reduce: reduceOf(node.text('reduction', 'none')) }),
  ScatterND: ([x, index, src], node) =>
    scatterND(x, index, src, { reduce: reduceOf(node.text('reduction', 'none')) }),
}

const reduceOf = (reduction: string): ScatterOptions['reduce'] =>
  reduction === 'none' ? 'set' : (reduction as 'add' | 'mul' | 'max' | 'min')

/** An index for some axes of x, the same for all others. */
function spread(index: Tensor, x: Tensor, axes: readonly number[]): Tensor {
  const shape = x.shape.map((n, i) => (axes.includes(i) ? n : 1))
  return broadcastTo(reshape(index, shape), x.shape)
}
