import { sizes } from '../attrs.ts'
import { refusal } from '../check.ts'
import { index as indices } from '../domain.ts'
import { noteRead } from '../effects.ts'
import { apply, defineOp } from '../op.ts'
import { format, type Shape } from '../shape.ts'
import { Tensor } from '../tensor.ts'

interface Attrs {
  /** The op whose index it is: its name in errors. */
  readonly of: string
  readonly sizes: Shape
}

/**
 * index[..,K] names an element of an array of K sizes, negative indices from the end -> its place in row-major order, as
 * numpy.ravel_multi_index. Throws on an index that is not in -n..n-1.  index[...,K] -> [...]
 */
export const ravelIndex = (of: string, index: Tensor, sizes: Shape): Tensor =>
  apply(ravelIndexOp, { index }, { of, sizes })
export const ravelIndexOp = defineOp<'index', Attrs>({
  name: 'ravelIndex',
  signature: 'index[...,K] -> [...]',
  equation: 'place of index in an array of K sizes',
  domain: { index: indices },
  attrs: {
    of(op, name, value) {
      if (typeof value !== 'string' || !/^[a-z]\w*$/i.test(value))
        throw refusal(op, `${name} as the name of an op`, value)
    },
    sizes,
  },
  examples: [
    {
      inputs: {
        index: [
          [1, 2],
          [-1, 0],
        ],
      },
      attrs: { of: 'gatherND', sizes: [3, 4] },
      z: [6, 8],
    },
  ],
  sample(rng) {
    const n = rng.integer(1, 4)
    const k = rng.integer(1, 3)
    return {
      shapes: { index: [rng.integer(1, 4), k] },
      attrs: { of: 'ravelIndex', sizes: Array(k).fill(n) },
      index: n,
    }
  },
  shape({ index }, { of, sizes }) {
    if (index.at(-1) === sizes.length) return index.slice(0, -1)
    throw new Error(
      `${of}: an index [...,${sizes.length}] expected, for sizes ${format(sizes)}, got ${format(index)}`,
    )
  },
  forward: (k, { index }, { of, sizes }, shape) =>
    k.ravelIndex(of, index, sizes, shape) ?? { ...index, shape },
  vjp: { index: 'nondifferentiable' },
})

/**
 * An index along an axis of n with negative ones counted from the end; what is no index, or has nothing to name, as it is. By the
 * kernel alone: mostly nothing changes, and an op would take as long as what it is for.
 */
export function fromEnd(of: string, index: Tensor, n: number | undefined): Tensor {
  if (!(index instanceof Tensor) || index.dtype !== 'int32' || !n) return index
  noteRead(index)
  const { array, backend } = index
  const places = backend.ravelIndex(of, { ...array, shape: [...index.shape, 1] }, [n], index.shape)
  if (places === undefined) array.buffer.refs++
  return new Tensor(places ?? array, backend)
}
