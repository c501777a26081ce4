import { axis as axisOf, flag } from '../attrs.ts'
import { checkFlag, type OptionNames, refusal } from '../check.ts'
import { nonzero, reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import type { Generator } from '../random.ts'
import { normalizeAxis } from '../shape.ts'
import type { OpSpec } from '../spec.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { type Along, type AxisOptions, alongOptions } from './axes.ts'
import { concat } from './concat.ts'
import { slice } from './movement.ts'
import { pad } from './pad.ts'

export interface CumulativeOptions extends AxisOptions {
  /** z[i] is of what comes before x[i], and not of x[i] itself. Default false. */
  exclusive?: boolean
  /** From the last to the first. Default false. */
  reverse?: boolean
}

const KNOWN = { axis: true, exclusive: true, reverse: true } as const satisfies OptionNames<CumulativeOptions>

interface Attrs {
  readonly axis: number
  readonly exclusive: boolean
  readonly reverse: boolean
}

const signature = 'x[...] -> [...]'
const attrs = { axis: axisOf('x'), exclusive: flag, reverse: flag }

/** z_i = x_0 + .. + x_i along `axis` (default the last), as numpy.cumsum and torch.cumsum.  x[...] -> [...] */
export const cumsum = (x: Tensor, axis?: Along<CumulativeOptions>, ...none: never[]): Tensor =>
  apply(cumsumOp, { x }, cumulative('cumsum', x, axis, none))
export const cumsumOp: OpSpec<'x', Attrs> = defineOp<'x', Attrs>({
  name: 'cumsum',
  signature,
  equation: 'x_0 + .. + x_i',
  domain: { x: reals },
  integers: true,
  attrs,
  examples: [
    { inputs: { x: [1, 2, 3, 4] }, attrs: { axis: 0, exclusive: false, reverse: false }, z: [1, 3, 6, 10] },
    { inputs: { x: [1, 2, 3, 4] }, attrs: { axis: 0, exclusive: true, reverse: true }, z: [9, 7, 4, 0] },
  ],
  sample,
  compose: ({ x }, of) => scan(x, of, add, 0),
  reads: { x: [] },
  vjp: { x: ({ dz, attrs }) => apply(cumsumOp, { x: dz }, { ...attrs, reverse: !attrs.reverse }) },
})

/**
 * z_i = x_0 .. x_i, the product, along `axis` (default the last), as numpy.cumprod and torch.cumprod. Its gradient divides
 * by nothing: zeros in x do no harm, in any order.  x[...] -> [...]
 */
export const cumprod = (x: Tensor, axis?: Along<CumulativeOptions>, ...none: never[]): Tensor =>
  apply(cumprodOp, { x }, cumulative('cumprod', x, axis, none))
export const cumprodOp = defineOp<'x', Attrs>({
  name: 'cumprod',
  signature,
  equation: 'x_0 .. x_i',
  domain: { x: nonzero },
  integers: true,
  attrs,
  examples: [
    {
      inputs: { x: [2, 0, 3] },
      attrs: { axis: 0, exclusive: false, reverse: false },
      z: [2, 0, 0],
      grads: { x: [1, 8, 0] },
    },
    { inputs: { x: [1, 2, 3, 4] }, attrs: { axis: 0, exclusive: true, reverse: true }, z: [24, 12, 4, 1] },
  ],
  sample,
  compose: ({ x }, of) => scan(x, of, mul, 1),
})

/**
 * Of all that comes before each element, and itself: in ceil(log2 n) passes, each of which reaches twice as far (Hillis and
 * Steele, Data Parallel Algorithms, 1986). No chain of roundings is longer than there are passes.
 */
function scan(
  x: Tensor,
  { axis, exclusive, reverse }: Attrs,
  combine: (x: Tensor, y: Tensor) => Tensor,
  neutral: number,
): Tensor {
  const n = x.shape[axis]
  /** The elements from `begin` to `end` along the axis. */
  const part = (z: Tensor, begin: number, end: number): Tensor => {
    const places = (v: number): number[] => x.shape.map((_, i) => (i === axis ? v : 0))
    return slice(z, places(begin), x.shape.with(axis, end))
  }
  let z = x
  if (exclusive && n > 0) {
    const [before, after] = [0, 1].map(i =>
      x.shape.map((_, a) => (a === axis && reverse === (i === 1) ? 1 : 0)),
    )
    z = pad(reverse ? part(x, 1, n) : part(x, 0, n - 1), before, after, neutral)
  }
  for (let reach = 1; reach < n; reach *= 2) {
    const both = combine(part(z, reach, n), part(z, 0, n - reach))
    z = concat(reverse ? [both, part(z, n - reach, n)] : [part(z, 0, reach), both], axis)
  }
  return z
}

function cumulative(
  op: string,
  x: Tensor,
  given: Along<CumulativeOptions> | undefined,
  none: readonly unknown[],
): Attrs {
  checkTensor(op, 'x', x)
  const { axis = -1, exclusive = false, reverse = false } = alongOptions(op, given, KNOWN, none)
  checkFlag(op, 'exclusive', exclusive)
  checkFlag(op, 'reverse', reverse)
  const one = Array.isArray(axis) && axis.length === 1 ? axis[0] : axis
  if (typeof one !== 'number') throw refusal(op, 'one axis', axis)
  return { axis: normalizeAxis(op, one, x.rank), exclusive, reverse }
}

function sample(rng: Generator): { shapes: { x: number[] }; attrs: Attrs } {
  const x = [rng.integer(1, 5), rng.integer(1, 5)]
  const [axis, exclusive, reverse] = [rng.integer(0, 1), rng.uniform() < 0.4, rng.uniform() < 0.5]
  // The first of an exclusive product is 1, whatever x: more than one, or there is no gradient.
  if (exclusive) x[axis]++
  return { shapes: { x }, attrs: { axis, exclusive, reverse } }
}
