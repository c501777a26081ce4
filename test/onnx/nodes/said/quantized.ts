import {
  add,
  astype,
  clamp,
  div,
  max,
  maximum,
  min,
  minimum,
  mul,
  reshape,
  round,
  sub,
  type Tensor,
} from '../../../../engine/index.ts'
import type { Said } from '../node.ts'

/** 8 bits, without their sign, stand for (x - zero) scale. */
export const QUANTIZED: Readonly<Record<string, Said>> = {
  DequantizeLinear: ([x, scale, zero], node) => {
    const [s, z] = [scale, zero ?? 0].map(t => along(t, x, node.int('axis', 1)))
    return mul(astype(sub(x, z), scale.dtype), s)
  },
  DynamicQuantizeLinear: ([x], node) => {
    const [low, high] = [minimum(min(x), 0), maximum(max(x), 0)]
    const scale = div(sub(high, low), 255)
    const zero = astype(round(clamp(div(sub(0, low), scale), 0, 255)), 'int32')
    return [QUANTIZED.QuantizeLinear([x, scale, zero], node) as Tensor, scale, zero]
  },
  QuantizeLinear: ([x, scale, zero], node) => {
    const [s, z] = [scale, zero].map(t => along(t, x, node.int('axis', 1)) as Tensor)
    return clamp(add(astype(round(div(x, s)), 'int32'), z), 0, 255)
  },
}

/** One number for all of x, or one for each place along an axis. */
function along(t: Tensor | number, x: Tensor, axis: number): Tensor | number {
  if (typeof t === 'number' || t.size === 1) return t
  return reshape(
    t,
    x.shape.map((n, i) => (i === (axis + x.rank) % x.rank ? n : 1)),
  )
}
