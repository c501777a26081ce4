import { finite, flag } from '../attrs.ts'
import { checkFlag, checkNumber, checkOptions, type OptionNames } from '../check.ts'
import { valuesLike } from '../create.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import type { Shape } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { matmul } from './matmul.ts'
import { broadcastTo, reshape } from './reduce.ts'
import { softmax } from './vector.ts'

interface Attention {
  readonly scale: number
  readonly causal: boolean
}

interface AttentionOptions extends Partial<Attention> {
  /** Added to the products of queries and keys, [...,L,S]; 1 in place of L or S is for all of them. -Infinity leaves a key out. */
  mask?: Tensor
}

const ATTENTION = {
  scale: true,
  causal: ['isCausal'],
  mask: ['attnMask'],
} as const satisfies OptionNames<AttentionOptions>

const attributes = { scale: finite, causal: flag }

type Inputs = Readonly<Record<'q' | 'k' | 'v', Tensor>>

/**
 * z = softmax(scale q k^T + mask) v, the softmax over the keys (Vaswani 2017): `scale` is 1 / sqrt(E) by default; with
 * `causal` query i sees the keys 0 .. i. A query that sees no key gives NaN, as in PyTorch. Leading axes, such as samples and
 * heads, broadcast.  q[...,L,E] k[...,S,E] v[...,S,D] -> [...,L,D]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  const op = 'attention'
  checkTensor(op, 'q', q)
  checkOptions(op, options, ATTENTION)
  const { mask, causal = false, scale = 1 / Math.sqrt(Math.max(1, q.shape[q.rank - 1] ?? 1)) } = options
  checkNumber(op, 'scale', scale)
  checkFlag(op, 'causal', causal)
  if (mask === undefined) return apply(attentionOp, { q, k, v }, { scale, causal })
  checkTensor(op, 'mask', mask)
  return apply(maskedAttentionOp, { q, k, v, mask: overKeys(mask, q, k) }, { scale, causal })
}

/** The mask for each query and key, where it has one entry for all of them. */
function overKeys(mask: Tensor, q: Tensor, k: Tensor): Tensor {
  const sides = mask.shape.slice(-2)
  if (sides.length < 2 || q.rank < 2 || k.rank < 2 || !sides.includes(1)) return mask
  const whole = [q, k].map(({ shape }, i) => (sides[i] === 1 ? shape[shape.length - 2] : sides[i]))
  return broadcastTo(mask, [...mask.shape.slice(0, -2), ...whole])
}

export const attentionOp = defineOp<'q' | 'k' | 'v', Attention>({
  name: 'attention',
  signature: 'q[...,L,E] k[...,S,E] v[...,S,D] -> [...,L,D]',
  equation: 'softmax(scale q k^T) v',
  domain: { q: reals, k: reals, v: reals },
  attrs: attributes,
  examples: [
    {
      inputs: { q: [[0], [0]], k: [[1], [2]], v: [[1], [3]] },
      attrs: { scale: 1, causal: true },
      z: [[1], [2]],
    },
  ],
  sample: sampleAttention,
  compose: (inputs, attrs) => attended(inputs, attrs),
})

export const maskedAttentionOp = defineOp<'q' | 'k' | 'v' | 'mask', Attention>({
  name: 'maskedAttention',
  signature: 'q[...,L,E] k[...,S,E] v[...,S,D] mask[...,L,S] -> [...,L,D]',
  equation: 'softmax(scale q k^T + mask) v',
  domain: { q: reals, k: reals, v: reals, mask: reals },
  attrs: attributes,
  examples: [
    {
      inputs: { q: [[0]], k: [[1], [2]], v: [[1], [4]], mask: [[0, Math.LN2]] },
      attrs: { scale: 1, causal: false },
      z: [[3]],
    },
  ],
  sample(rng) {
    const { shapes, attrs } = sampleAttention(rng)
    const mask = [shapes.q[shapes.q.length - 2], shapes.k[shapes.k.length - 2]]
    return { shapes: { ...shapes, mask }, attrs }
  },
  compose: ({ mask, ...inputs }, attrs) => attended(inputs, attrs, mask),
})

function attended({ q, k, v }: Inputs, { scale, causal }: Attention, mask?: Tensor): Tensor {
  const products = matmul(mul(q, scale), k, { transposeB: true })
  const seen = causal ? add(products, later(products)) : products
  return matmul(softmax(mask === undefined ? seen : add(seen, mask)), v)
}

/** -Infinity where the key comes after the query, else 0: [L,S]. */
function later(products: Tensor): Tensor {
  const [l, s] = products.shape.slice(-2)
  const values = Array.from({ length: l * s }, (_, i) =>
    i % s > Math.floor(i / s) ? Number.NEGATIVE_INFINITY : 0,
  )
  return reshape(valuesLike('attention', values, products), [l, s])
}

function sampleAttention(rng: Generator): { shapes: Record<'q' | 'k' | 'v', Shape>; attrs: Attention } {
  const [l, s, e, d] = [1, 2, 3, 4].map(() => rng.integer(1, 3))
  const lead = [[], [2], [2, 1]][rng.integer(0, 2)]
  const shapes = { q: [...lead, l, e], k: [...lead, s, e], v: [...lead, s, d] }
  return { shapes, attrs: { scale: rng.uniform(0.3, 1), causal: rng.uniform() < 0.5 } }
}
