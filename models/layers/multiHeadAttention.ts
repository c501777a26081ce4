import { checkFlag, checkGiven, checkOptions, checkSizes, type OptionNames } from '../../engine/check.ts'
import {
  add,
  attention,
  type Chance,
  matmul,
  parameter,
  permute,
  reshape,
  slice,
  type Tensor,
  type TensorOptions,
  tidy,
  zeros,
} from '../../engine/index.ts'
import { CHANCE, generatorOf } from '../../engine/random.ts'
import { checkTensor } from '../../engine/tensor.ts'
import { close, FORWARD, type ForwardOptions, type Layer, layer } from './layer.ts'
import { type Init, kaimingUniform, xavierUniform } from './weighted.ts'

export interface MultiHeadAttentionOptions extends Chance, Pick<TensorOptions, 'dtype' | 'backend'> {
  /** E, the length of what goes in and comes out; a multiple of `heads`. */
  dim: number
  /** How many attentions of E / heads numbers each stand side by side. */
  heads: number
  /** Learned additions to the four products. Default true. */
  bias?: boolean
  /** Place i sees the places 0 .. i alone. Default false. */
  causal?: boolean
}

export interface MaskedOptions extends ForwardOptions {
  /**
   * Added to the products of queries and keys of all heads, [L,L] or [N,L,L], or of each, [N,H,L,L]; 1 in place of a size is for all of it, so
   * that [N,1,L] is for the keys. -Infinity leaves a key out, as True does in PyTorch; a place that sees none gives NaN. Default none.
   */
  mask?: Tensor
}

/** A layer whose call takes a mask. Exported programs have none. */
export interface MaskedLayer extends Layer {
  (x: Tensor, options?: MaskedOptions): Tensor
}

const KNOWN = {
  dim: ['embedDim', 'channels'],
  heads: ['numHeads', 'nHead'],
  bias: true,
  causal: ['isCausal'],
  dtype: true,
  backend: true,
  ...CHANCE,
} satisfies OptionNames<MultiHeadAttentionOptions>

const MASKED = {
  ...FORWARD,
  mask: ['attnMask', 'keyPaddingMask'],
} satisfies OptionNames<MaskedOptions>

/**
 * z = [head_1 .. head_H] Wo + bo, head_h = softmax(q_h k_h^T / sqrt(E / H)) v_h, [q k v] = x Wi + bi and h one of H equal parts of each: attention of
 * a sequence to itself, Vaswani 2017, arXiv:1706.03762, section 3.2.2; `nn.MultiheadAttention(E, H, batch_first=True)` of PyTorch with x as query,
 * key and value, without dropout; `attn_mask` and `key_padding_mask` are `layer(x, { mask })`.  x[N,L,E] -> [N,L,E]
 *
 * Parameters are `in.weight`[E,3E], `in.bias`[3E], `out.weight`[E,E] and `out.bias`[E], which start as PyTorch's do: Wi by `xavierUniform`, Wo
 * by `kaimingUniform`, biases at 0. For other queries and keys there is the op `attention`. Throws unless E is a multiple of H.
 */
export function multiHeadAttention(all: MultiHeadAttentionOptions): MaskedLayer {
  const op = 'layers.multiHeadAttention'
  checkGiven(op, all, KNOWN)
  const { dim, heads, bias = true, causal = false, dtype, backend } = all
  checkSizes(op, { dim, heads })
  checkFlag(op, 'bias', bias)
  checkFlag(op, 'causal', causal)
  if (dim % heads !== 0)
    throw new Error(`${op}: dim as a multiple of heads expected, got ${dim} and ${heads}`)
  const kind = { dtype, backend }
  const rng = generatorOf(op, all)
  const weight = (init: Init, out: number): Tensor => tidy(() => parameter(init([dim, out], dim, rng, kind)))
  const weights = { in: weight(xavierUniform(), 3 * dim), out: weight(kaimingUniform(), dim) }
  const biases = bias
    ? { in: parameter(zeros([3 * dim], kind)), out: parameter(zeros([dim], kind)) }
    : undefined

  const linear = (x: Tensor, part: 'in' | 'out'): Tensor => {
    const product = matmul(x, weights[part])
    return biases === undefined ? product : add(product, biases[part])
  }
  function forward(x: Tensor, mask: Tensor | undefined): Tensor {
    checkTensor(op, 'x', x)
    if (x.rank !== 3 || x.shape[2] !== dim)
      throw new Error(`${op}: x[N,L,${dim}] expected, got shape [${x.shape}]`)
    const [n, l] = x.shape
    const each = [n, heads, l, dim / heads]
    const parts = permute(reshape(linear(x, 'in'), [n, l, 3, heads, dim / heads]), [2, 0, 3, 1, 4])
    const [q, k, v] = [0, 1, 2].map(i => reshape(slice(parts, [i], [i + 1]), each))
    const added = mask === undefined ? undefined : ofHeads(op, mask, each)
    const found = permute(attention(q, k, v, { causal, mask: added }), [0, 2, 1, 3])
    return linear(reshape(found, [n, l, dim]), 'out')
  }
  const plain = layer(op, x => forward(x, undefined), {
    parameters: {
      'in.weight': weights.in,
      ...(biases && { 'in.bias': biases.in }),
      'out.weight': weights.out,
      ...(biases && { 'out.bias': biases.out }),
    },
    description: { kind: 'multiHeadAttention', heads, causal },
  })
  const call = (x: Tensor, options: MaskedOptions = {}): Tensor => {
    checkOptions(op, options, MASKED)
    const { training = false, mask } = options
    checkFlag(op, 'training', training)
    return forward(x, mask)
  }
  return close(Object.defineProperties(call, Object.getOwnPropertyDescriptors(plain)) as MaskedLayer)
}

/** A mask [L,L], [N,L,L] or [N,H,L,L] as one of those heads.  -> [N,H,L,L], or what stretches to it */
function ofHeads(op: string, mask: Tensor, [n, heads, l]: readonly number[]): Tensor {
  checkTensor(op, 'mask', mask)
  const { shape } = mask
  const whole = [n, heads, l, l]
  const fits = shape.every((size, i) => {
    // Of three sizes the first is N.
    const at = shape.length === 3 && i === 0 ? 0 : 4 - shape.length + i
    return size === 1 || size === whole[at]
  })
  if (shape.length < 2 || shape.length > 4 || !fits) {
    throw new Error(`${op}: mask[${l},${l}], [${n},${l},${l}] or [${whole}] expected, got shape [${shape}]`)
  }
  return shape.length === 3 ? reshape(mask, [shape[0], 1, ...shape.slice(1)]) : mask
}
