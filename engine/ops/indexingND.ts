import { integer } from '../attrs.ts'
import { checkName, checkOptions, type OptionNames } from '../check.ts'
import { anyDType, index as indices, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { format, type Shape, sameShape, sizeOf } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { gatherOp, takeOp } from './indexing.ts'
import { ravelIndex } from './ravelIndex.ts'
import { broadcastTo, reshape } from './reduce.ts'
import { SCATTERS, type ScatterOptions } from './scatter.ts'

interface Batched {
  /** Leading axes that x and index share, of which each picks from its own. Default 0. */
  batchDims?: number
}

/**
 * z[b, i, r] = x[b, index[b, i, 0], .., index[b, i, K-1], r]: each row of `index`, int32, names an element of x, or a part of
 * it where K is less than x has axes; negative ones count from the end. As ONNX's GatherND and tf.gather_nd. Throws on an
 * index outside -n..n-1.  x[B..,n1,..,nK,R..] index[B..,I..,K] -> [B..,I..,R..]
 */
export function gatherND(x: Tensor, index: Tensor, options: Batched = {}): Tensor {
  checkTensor('gatherND', 'x', x)
  checkOptions('gatherND', options, { batchDims: true } satisfies OptionNames<Batched>)
  return apply(gatherNDOp, { x, index }, { batchDims: options.batchDims ?? 0 })
}
export const gatherNDOp = defineOp<'x' | 'index', Required<Batched>>({
  name: 'gatherND',
  signature: 'x[...] index[...] -> [...]',
  equation: 'z[i, r] = x[index[i, 0], .., index[i, K-1], r]',
  domain: { x: anyDType, index: indices },
  attrs: { batchDims: integer(0) },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
        index: [
          [0, 0],
          [-1, 1],
        ],
      },
      attrs: { batchDims: 0 },
      z: [1, 4],
      grads: {
        x: [
          [1, 0],
          [0, 1],
        ],
      },
    },
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
        index: [[1], [0]],
      },
      attrs: { batchDims: 1 },
      z: [2, 3],
    },
  ],
  sample(rng) {
    const [n, batch, batchDims] = [rng.integer(1, 3), rng.integer(1, 2), rng.integer(0, 1)]
    const [k, lead] = [rng.integer(1, 2), batchDims === 1 ? [batch] : []]
    const shapes = { x: [...lead, n, n, rng.integer(1, 2)], index: [...lead, rng.integer(1, 4), k] }
    return { shapes, attrs: { batchDims }, index: n }
  },
  shape({ x, index }, { batchDims }) {
    const k = index.at(-1) ?? 0
    const batched = batchDims < index.length && sameShape(x.slice(0, batchDims), index.slice(0, batchDims))
    if (batched && k > 0 && batchDims + k <= x.length)
      return [...index.slice(0, -1), ...x.slice(batchDims + k)]
    const form = batchDims === 0 ? 'index[...,K]' : `index[...,K] whose first ${batchDims} axes are x's`
    throw new Error(
      `gatherND: ${form}, K from 1 to ${x.length - batchDims}, expected, got x${format(x)} index${format(index)}`,
    )
  },
  compose({ x, index }, { batchDims }, shape) {
    const k = index.shape[index.rank - 1]
    const sizes = x.shape.slice(batchDims, batchDims + k)
    const [batch, rest] = [sizeOf(x.shape.slice(0, batchDims)), sizeOf(x.shape.slice(batchDims + k))]
    const places = ravelIndex('gatherND', index, sizes)
    if (batchDims === 0) {
      const rows = reshape(x, [sizeOf(sizes), rest])
      return reshape(apply(takeOp, { x: rows, index: reshape(places, [places.size]) }, { axis: 0 }), shape)
    }
    const rows = reshape(x, [batch, sizeOf(sizes), rest])
    const each = places.size / Math.max(1, batch)
    const spread = broadcastTo(reshape(places, [batch, each, 1]), [batch, each, rest])
    return reshape(apply(gatherOp, { x: rows, index: spread }, { axis: 1 }), shape)
  },
})

type Reduced = Pick<ScatterOptions, 'reduce'>

/**
 * z = x, and then z[index[i, 0], .., index[i, K-1], r] = src[i, r] for each i in turn, or by `reduce` as in `scatter`: the
 * other way round of gatherND. As ONNX's ScatterND. Throws on an index outside -n..n-1.
 * x[n1,..,nK,R..] index[I..,K] src[I..,R..] -> [n1,..,nK,R..]
 */
export function scatterND(x: Tensor, index: Tensor, src: Tensor, options: Reduced = {}): Tensor {
  checkTensor('scatterND', 'x', x)
  checkOptions('scatterND', options, { reduce: ['reduction'] } satisfies OptionNames<Reduced>)
  const { reduce = 'set' } = options
  return apply(scatterNDOp, { x, index, src }, { reduce })
}
export const scatterNDOp = defineOp<'x' | 'index' | 'src', Required<Reduced>>({
  name: 'scatterND',
  signature: 'x[...] index[...] src[...] -> [...]',
  equation: 'z = x; z[index[i, 0], .., index[i, K-1], r] = src[i, r]',
  domain: { x: reals, index: indices, src: { ...reals, even: true } },
  integers: true,
  attrs: { reduce: (op, name, value) => checkName(op, name, value, Object.keys(SCATTERS)) },
  examples: [
    {
      inputs: {
        x: [
          [1, 2],
          [3, 4],
        ],
        index: [
          [0, 0],
          [-1, 1],
        ],
        src: [5, 1],
      },
      attrs: { reduce: 'max' },
      z: [
        [5, 2],
        [3, 4],
      ],
      grads: {
        x: [
          [0, 1],
          [1, 1],
        ],
        src: [1, 0],
      },
    },
  ],
  sample(rng) {
    const [n, m, rest, k] = [rng.integer(2, 3), rng.integer(1, 3), rng.integer(1, 2), rng.integer(1, 2)]
    const inner = k === 1 ? [n, rest] : [rest]
    const shapes = { x: [n, n, rest], index: [m, k], src: [m, ...inner] }
    return { shapes, attrs: { reduce: rng.uniform() < 0.5 ? 'set' : 'add' }, index: n }
  },
  shape({ x, index, src }) {
    const k = index.at(-1) ?? 0
    const wanted: Shape = [...index.slice(0, -1), ...x.slice(k)]
    if (k > 0 && k <= x.length && sameShape(src, wanted)) return x
    const got = `x${format(x)} index${format(index)} src${format(src)}`
    throw new Error(`scatterND: index[...,K], K from 1 to ${x.length}, and src[...,R..] expected, got ${got}`)
  },
  compose({ x, index, src }, { reduce }, shape) {
    const k = index.shape[index.rank - 1]
    const sizes = x.shape.slice(0, k)
    const rest = sizeOf(x.shape.slice(k))
    const places = ravelIndex('scatterND', index, sizes)
    const spread = broadcastTo(reshape(places, [places.size, 1]), [places.size, rest])
    const rows = {
      x: reshape(x, [sizeOf(sizes), rest]),
      index: spread,
      src: reshape(src, [places.size, rest]),
    }
    return reshape(apply(SCATTERS[reduce], rows, { axis: 0 }), shape)
  },
})
