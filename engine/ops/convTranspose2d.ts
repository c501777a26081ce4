import { integer, two } from '../attrs.ts'
import { checkInteger, checkList, checkOptions, type OptionNames, refusal } from '../check.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind, type Shape } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { conv2dInputGrad } from './conv2d.ts'
import type { ConvOptions } from './convolution.ts'
import { checkedPair, type Pair, paddingOf, type Sides, samplePadding } from './window.ts'

export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added at the bottom and the right, below stride or dilation. Default 0. */
  outputPadding?: number | Pair
}

const KNOWN = {
  stride: true,
  padding: true,
  dilation: true,
  groups: true,
  outputPadding: true,
} as const satisfies OptionNames<ConvTransposeOptions>

interface Enlarging {
  readonly stride: Pair
  readonly padding: Sides | 'same' | 'sameLower'
  readonly dilation: Pair
  readonly groups: number
  readonly outputPadding: Pair
}

/**
 * The adjoint of conv2d as a layer that enlarges; w maps C channels to O.
 * x[N,H,W,C] w[KH,KW,O/groups,C] -> [N,P,Q,O],
 * P = (H - 1) stride - padding on both sides + dilation (KH - 1) + outputPadding + 1, or H stride where padding is 'same' or
 * 'sameLower'
 */
export function convTranspose2d(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  return apply(convTranspose2dOp, { x, w }, enlarging(options))
}
export const convTranspose2dOp = defineOp<'x' | 'w', Enlarging>({
  name: 'convTranspose2d',
  signature: 'x[N,H,W,C] w[KH,KW,I,C] -> [N,P,Q,O]',
  equation: 'z[n, p s + i d - pad, .., o] = sum x[n,p,q,c] w[i,j,o,c]',
  domain: { x: reals, w: reals },
  attrs: {
    stride: two(1),
    dilation: two(1),
    groups: integer(1),
    outputPadding: two(0),
    padding: (op, name, value, shapes) => {
      if (value === 'same' || value === 'sameLower') return
      checkList(op, name, value, "[[top, bottom], [left, right]], 'same' or 'sameLower'", 2)
      for (const side of value) two(0)(op, name, side, shapes)
    },
  },
  examples: [
    {
      inputs: { x: [[[[1], [2]]]], w: [[[[1]], [[10]]]] },
      attrs: enlarging({ stride: 2 }),
      z: [[[[1], [10], [2], [20]]]],
    },
  ],
  sample(rng) {
    const groups = rng.integer(1, 2)
    const stride = rng.integer(1, 2)
    const padding = samplePadding(rng, 1)
    const outputPadding = typeof padding === 'string' ? 0 : rng.integer(0, stride - 1)
    const options = { stride, padding, dilation: [rng.integer(1, 2), 1] as const, groups, outputPadding }
    const x = [rng.integer(1, 2), rng.integer(2, 3), rng.integer(2, 3), groups * rng.integer(1, 2)]
    const w = [rng.integer(2, 3), rng.integer(2, 3), rng.integer(1, 2), x[3]]
    return { shapes: { x, w }, attrs: enlarging(options) }
  },
  shape: enlarged,
  compose: ({ x, w }, { outputPadding, ...options }, shape) => conv2dInputGrad(x, w, shape, options),
})

function enlarging(options: ConvTransposeOptions): Enlarging {
  const op = 'convTranspose2d'
  checkOptions(op, options, KNOWN)
  const { groups = 1 } = options
  checkInteger(op, 'groups', groups, 1)
  return {
    stride: checkedPair(op, 'stride', options.stride, 1, 1),
    padding: paddingOf(op, options.padding),
    dilation: checkedPair(op, 'dilation', options.dilation, 1, 1),
    outputPadding: checkedPair(op, 'outputPadding', options.outputPadding, 0, 0),
    groups,
  }
}

function enlarged({ x, w }: { x: Shape; w: Shape }, options: Enlarging): Shape {
  const op = 'convTranspose2d'
  bind(op, 'x[N,H,W,C] w[KH,KW,I,C] -> [N]', { x, w })
  const { stride, padding, dilation, outputPadding: extra, groups } = options
  if (typeof padding === 'string' && extra.some(n => n > 0)) {
    throw refusal(op, `no outputPadding beside padding: '${padding}'`, extra)
  }
  if (!extra.every((n, i) => n < Math.max(stride[i], dilation[i]))) {
    throw new Error(
      `${op}: outputPadding is an integer >= 0 below stride or dilation, got ${extra} with ${stride} and ${dilation}`,
    )
  }
  const size = (i: 0 | 1): number =>
    typeof padding === 'string'
      ? x[i + 1] * stride[i]
      : (x[i + 1] - 1) * stride[i] - padding[i][0] - padding[i][1] + dilation[i] * (w[i] - 1) + extra[i] + 1
  return [x[0], size(0), size(1), w[2] * groups]
}
