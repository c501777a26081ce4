import { add, cos, full, mul, ones, sub, type Tensor, tensor, tril, triu } from '../../../../engine/index.ts'
import { type Node, number, numbers, type Said } from '../node.ts'

/** Tensors that are made of few numbers. */
export const MADE: Readonly<Record<string, Said>> = {
  BlackmanWindow: ([n], node) => window(n, node, 0.42, 0.5, 0.08),
  Constant: (_, node) => node.tensor('value') ?? constant(node),
  ConstantOfShape: ([shape], node) => {
    const value = node.tensor('value')
    return full(numbers(shape), value === undefined ? 0 : number(value), on(node, value?.dtype))
  },
  EyeLike: ([x], node) => {
    const k = node.int('k')
    return triu(tril(ones(x.shape, on(node, node.has('dtype') ? node.dtype('dtype') : x.dtype)), k), k)
  },
  HammingWindow: ([n], node) => window(n, node, 25 / 46, 21 / 46, 0),
  HannWindow: ([n], node) => window(n, node, 0.5, 0.5, 0),
  Range: ([start, limit, delta], node) => {
    const [from, to, by] = [start, limit, delta].map(number)
    const count = Math.max(0, Math.ceil((to - from) / by))
    return tensor(
      Float64Array.from({ length: count }, (_, i) => from + i * by),
      on(node, start.dtype),
    )
  },
  Shape: ([x], node) => {
    const part = x.shape.slice(node.int('start'), node.int('end', x.rank))
    return tensor(Int32Array.from(part), on(node))
  },
  Size: ([x], node) => tensor(Int32Array.of(x.size), { shape: [], ...on(node) }),
}

const on = ({ place: { backend } }: Node, dtype?: Tensor['dtype']) => ({ backend, dtype })

function constant(node: Node): Tensor {
  const { backend, float } = node.place
  const floats = node.floats('value_floats')
  if (node.has('value_float')) return full([], node.float('value_float'), { backend, dtype: float })
  if (node.has('value_int')) return full([], node.int('value_int'), { backend, dtype: 'int32' })
  if (floats?.length) return tensor(floats, { backend, dtype: float })
  return tensor(Int32Array.from(node.ints('value_ints') ?? []), { backend })
}

/** a - b cos(2 pi i / m) + c cos(4 pi i / m), m = n, or n - 1 where the window is not periodic. */
function window(n: Tensor, node: Node, a: number, b: number, c: number): Tensor {
  const count = number(n)
  const turn = (2 * Math.PI) / (node.flag('periodic', true) ? count : count - 1)
  const angle = tensor(
    Float64Array.from({ length: count }, (_, i) => turn * i),
    on(node, node.dtype('output_datatype')),
  )
  return add(sub(a, mul(cos(angle), b)), mul(cos(mul(angle, 2)), c))
}
