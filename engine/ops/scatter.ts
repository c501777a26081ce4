import { axis as axisOf } from '../attrs.ts'
import type { Scatter } from '../backends/backend.ts'
import { checkName, type OptionNames } from '../check.ts'
import { zeros, zerosLike } from '../create.ts'
import { anyDType, type Domain, distinct, index, nonzero } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { format } from '../shape.ts'
import type { OpSpec, Primitive } from '../spec.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { div, mul } from './arithmetic.ts'
import { astype } from './astype.ts'
import { type Along, type AxisOptions, alongOptions, oneAxis } from './axes.ts'
import { agree, gatherOp, indexOn, sampleIndexing, scatterAddOp } from './indexing.ts'
import { fromEnd } from './ravelIndex.ts'
import { broadcastTo, reshape } from './reduce.ts'
import { equal, greater, where } from './select.ts'

const REDUCE = ['set', 'add', 'mul', 'max', 'min'] as const

export interface ScatterOptions extends AxisOptions {
  /** What an element and those sent to it become: the last of them, their sum, product, largest or smallest. Default set. */
  reduce?: (typeof REDUCE)[number]
}

const KNOWN = { axis: true, reduce: ['reduction'] } as const satisfies OptionNames<ScatterOptions>

type Inputs = 'x' | 'index' | 'src'
interface Attrs {
  readonly axis: number
}

/**
 * z = x, and then z[.., index[.., i, ..], ..] = src[.., i, ..] for each i in turn along `axis` (default the last), or by
 * `reduce` += , *=, the larger or the smaller of both: torch.scatter and scatter_reduce, ONNX's ScatterElements. `index` has
 * src's shape, and x's but for the axis; negative ones count from the end. Where several are sent to one place, the
 * gradient goes to the last that set it, and of equal largest or smallest, x among them, to each the same share. Second
 * derivatives of products are right where no src is 0. Throws on an index outside -n..n-1.
 * x[...] index[...] src[...] -> [...]
 */
export function scatter(
  x: Tensor,
  index: Tensor,
  src: Tensor,
  axis?: Along<ScatterOptions>,
  ...none: never[]
): Tensor {
  checkTensor('scatter', 'x', x)
  const { axis: given, reduce = 'set' } = alongOptions('scatter', axis, KNOWN, none)
  checkName('scatter', 'reduce', reduce, REDUCE)
  const along = oneAxis('scatter', { axis: given }, x.rank, -1)
  const places = fromEnd('scatter', index, x.shape[along])
  return apply(SCATTERS[reduce], { x, index: places, src }, { axis: along })
}

type Row = Pick<Primitive<Inputs, Attrs>, 'equation' | 'examples' | 'reads' | 'vjp'> & { domain: Domain }

/** Of an index that has no negative ones. */
const scatterOp = (f: Scatter, { domain, ...row }: Row): OpSpec<Inputs, Attrs> => {
  const name = `scatter${f[0].toUpperCase()}${f.slice(1)}`
  return defineOp<Inputs, Attrs>({
    name,
    signature: 'x[...] index[...] src[...] -> [...]',
    domain: { x: domain, index, src: { ...domain, even: true } },
    integers: f !== 'set',
    attrs: { axis: axisOf('x') },
    sample(rng) {
      const { x, index, axis } = sampleIndexing(rng)
      // Larger ones, or random indices would leave nothing of x.
      const places = x.with(axis, x[axis] + 2)
      return { shapes: { x: places, index, src: index }, attrs: { axis }, index: places[axis] }
    },
    shape({ x, index, src }, { axis }) {
      agree(name, x, index, axis)
      if (format(index) === format(src)) return x
      throw new Error(`${name}: index and src of one shape expected, got ${format(index)} and ${format(src)}`)
    },
    ...row,
    forward: (k, { x, index, src }, { axis }) => k.scatter(f, x, index, src, axis),
  })
}

const at = (x: Tensor, index: Tensor, attrs: Attrs): Tensor => apply(gatherOp, { x, index }, attrs)
const inputs = { x: [1, 1, 1], index: [0, 2, 0], src: [2, 3, 5] }

export const scatterSetOp: OpSpec<Inputs, Attrs> = scatterOp('set', {
  equation: 'z = x; z[.., index[.., i, ..], ..] = src[.., i, ..]',
  domain: anyDType,
  examples: [{ inputs, attrs: { axis: 0 }, z: [5, 1, 3], grads: { x: [0, 1, 0], src: [0, 1, 1] } }],
  reads: { x: ['index'], index: [], src: ['index'] },
  vjp: {
    x: ({ dz, inputs: { index, src }, attrs }) =>
      apply(scatterSetOp, { x: dz, index, src: zerosLike(src) }, attrs),
    index: 'nondifferentiable',
    src({ dz, inputs: { index }, attrs }) {
      const sent = at(dz, index, attrs)
      return index.shape[attrs.axis] === 1 ? sent : mul(sent, stays(index, dz, attrs))
    },
  },
})

/** 1 where an element of src is the last that is sent to its place, else 0. */
function stays(index: Tensor, dz: Tensor, attrs: Attrs): Tensor {
  const n = index.shape[attrs.axis]
  const line = Int32Array.from({ length: n }, (_, i) => i)
  const along = index.shape.map((_, axis) => (axis === attrs.axis ? n : 1))
  const own = broadcastTo(reshape(indexOn('scatter', line, index.backend), along), index.shape)
  const none = zeros(dz.shape, { dtype: 'int32', backend: dz.backend })
  const last = apply(scatterSetOp, { x: none, index, src: own }, attrs)
  return astype(equal(at(last, index, attrs), own), dz.dtype)
}

export const scatterMulOp: OpSpec<Inputs, Attrs> = scatterOp('mul', {
  equation: 'z = x; z[.., index[.., i, ..], ..] *= src[.., i, ..]',
  domain: nonzero,
  examples: [
    { inputs, attrs: { axis: 0 }, z: [10, 1, 3], grads: { x: [10, 1, 3], src: [5, 1, 2] } },
    {
      inputs: { ...inputs, src: [0, 3, 5] },
      attrs: { axis: 0 },
      z: [0, 1, 3],
      grads: { x: [0, 1, 3], src: [5, 1, 0] },
    },
  ],
  reads: { x: ['index', 'src'], index: [], src: ['x', 'index', 'src'] },
  vjp: {
    x: ({ dz, inputs: { index, src }, attrs }) => apply(scatterMulOp, { x: dz, index, src }, attrs),
    index: 'nondifferentiable',
    src: ({ dz, inputs: { x, index, src }, attrs }) =>
      mul(at(dz, index, attrs), others(x, index, src, attrs)),
  },
})

/** For each element of src the product of what else goes to its place: without zeros, where there are no others. */
function others(x: Tensor, index: Tensor, src: Tensor, attrs: Attrs): Tensor {
  const zero = equal(src, 0)
  const zeros = apply(scatterAddOp, { x: zerosLike(x), index, src: zero }, attrs)
  const factor = where(zero, 1, src)
  const product = at(apply(scatterMulOp, { x, index, src: factor }, attrs), index, attrs)
  return where(greater(at(zeros, index, attrs), zero), 0, div(product, factor))
}

const extreme = (f: 'max' | 'min', z: readonly number[], grads: Record<'x' | 'src', number[]>) =>
  scatterOp(f, {
    equation: `z = x; z[.., index[.., i, ..], ..] = ${f}(itself, src[.., i, ..])`,
    domain: distinct,
    examples: [{ inputs: { ...inputs, src: [0, 1, 5] }, attrs: { axis: 0 }, z, grads }],
    reads: { x: ['x', 'index', 'src', '->'], index: [], src: ['x', 'index', 'src', '->'] },
    vjp: {
      x: ({ dz, inputs: { x, index, src }, z, attrs }) =>
        mul(equal(x, z), shared(dz, x, index, src, z, attrs)),
      index: 'nondifferentiable',
      src({ dz, inputs: { x, index, src }, z, attrs }) {
        const chosen = equal(src, at(z, index, attrs))
        return mul(chosen, at(shared(dz, x, index, src, z, attrs), index, attrs))
      },
    },
  })

/** dz, divided by how many elements are as large as z. */
function shared(dz: Tensor, x: Tensor, index: Tensor, src: Tensor, z: Tensor, attrs: Attrs): Tensor {
  const sent = equal(src, at(z, index, attrs))
  return div(dz, apply(scatterAddOp, { x: equal(x, z), index, src: sent }, attrs))
}

export const scatterMaxOp = extreme('max', [5, 1, 1], { x: [0, 1, 0.5], src: [0, 0.5, 1] })
export const scatterMinOp = extreme('min', [0, 1, 1], { x: [0, 1, 0.5], src: [1, 0.5, 0] })

export const SCATTERS: Readonly<Record<(typeof REDUCE)[number], OpSpec<Inputs, Attrs>>> = {
  set: scatterSetOp,
  add: scatterAddOp,
  mul: scatterMulOp,
  max: scatterMaxOp,
  min: scatterMinOp,
}
