import { mul, slice, type Tensor, tensor } from '../../../engine/index.ts'
import type { Kinds } from '../../layers/index.ts'
import type { Scope, Value } from './builder.ts'

const ints = (values: readonly number[]): { readonly ints: readonly number[] } => ({ ints: values })

/**
 * Products, a softmax and the moves between them, which all runtimes have: Attention is of opset 23 alone. The queries' weights carry the
 * factor 1 / sqrt(E / heads).
 */
export function multiHeadAttention(
  g: Scope,
  x: Value,
  tensors: Readonly<Record<string, Tensor>>,
  { heads, causal }: Kinds['multiHeadAttention'],
): Value {
  if (x.rank !== 2)
    throw new Error(`exportOnnx: multiHeadAttention: samples of rank 2, [L,E], expected, got rank ${x.rank}`)
  const [dim] = tensors['out.weight'].shape
  const within = dim / heads

  function linear(name: string, input: string, weight: Tensor, bias: Tensor | undefined): string {
    const product = g.node('MatMul', [input, g.constant(`${name}.weight`, weight)])
    return bias === undefined ? product : g.node('Add', [product, g.constant(`${name}.bias`, bias)])
  }
  const part = (t: Tensor, i: number, scale: number): Tensor => {
    const from = t.shape.map((_, axis) => (axis === t.rank - 1 ? i * dim : 0))
    const to = t.shape.map((size, axis) => (axis === t.rank - 1 ? (i + 1) * dim : size))
    return mul(slice(t, from, to), scale)
  }
  // 0 in a shape is the size that is there.
  const split = g.integers('heads', [0, 0, heads, within])
  const project = (name: string, i: number, perm: readonly number[], scale = 1): string => {
    const bias = tensors['in.bias']
    const all = linear(name, x.name, part(tensors['in.weight'], i, scale), bias && part(bias, i, scale))
    return g.node('Transpose', [g.node('Reshape', [all, split])], { perm: ints(perm) })
  }
  const q = project('query', 0, [0, 2, 1, 3], 1 / Math.sqrt(within))
  const k = project('key', 1, [0, 2, 3, 1])
  const v = project('value', 2, [0, 2, 1, 3])
  const products = g.node('MatMul', [q, k])
  const seen = causal ? g.node('Add', [products, later(g, products)]) : products
  const shares = g.node('Softmax', [seen], { axis: { int: -1 } })
  const found = g.node('Transpose', [g.node('MatMul', [shares, v])], { perm: ints([0, 2, 1, 3]) })
  const joined = g.node('Reshape', [found, g.integers('joined', [0, 0, dim])])
  return { ...x, name: linear('out', joined, tensors['out.weight'], tensors['out.bias']) }
}

/** -Infinity where the key comes after the query, else 0. */
function later(g: Scope, products: string): string {
  const all = g.node('Expand', [g.constant('leftOut', tensor([-Infinity])), g.node('Shape', [products])])
  return g.node('Trilu', [all, g.integers('first', [1])], { upper: { int: 1 } })
}
