import { flag } from '../attrs.ts'
import { checkFlag, checkName, checkOptions, type OptionNames } from '../check.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind, format } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul, stopGradient, sub } from './arithmetic.ts'
import { astype } from './astype.ts'
import { MODES, nearby, PADDINGS, padded, pixel, type Sampling, valid, within } from './gridPlaces.ts'
import { gather } from './indexing.ts'
import { slice } from './movement.ts'
import { broadcastTo, reshape } from './reduce.ts'
import { floor, round } from './rounding.ts'
import { where } from './select.ts'

const SAMPLING = {
  mode: true,
  padding: ['paddingMode'],
  alignCorners: true,
} as const satisfies OptionNames<Sampling>

const signature = 'x[N,H,W,C] grid[N,P,Q,2] -> [N,P,Q,C]'

/**
 * z[n,p,q] = x[n] at the place (grid[n,p,q,0], grid[n,p,q,1]) along width and height, as torch.nn.functional.grid_sample: -1
 * and 1 are the image's edges or, with `alignCorners`, the middles of its first and last pixels (default false). `mode`
 * 'bilinear' (default), 'nearest' (of two the even, without a gradient in the grid) or 'bicubic' (Keys' kernel with -0.75).
 * `padding` outside: 'zeros' (default), 'border' or 'reflection'. NaN in the grid gives NaN.  x[N,H,W,C] grid[N,P,Q,2] -> [N,P,Q,C]
 */
export function gridSample(x: Tensor, grid: Tensor, options: Partial<Sampling> = {}): Tensor {
  checkOptions('gridSample', options, SAMPLING)
  const { mode = 'bilinear', padding = 'zeros', alignCorners = false } = options
  checkName('gridSample', 'mode', mode, MODES)
  checkName('gridSample', 'padding', padding, PADDINGS)
  checkFlag('gridSample', 'alignCorners', alignCorners)
  return apply(gridSampleOp, { x, grid }, { mode, padding, alignCorners })
}
export const gridSampleOp = defineOp<'x' | 'grid', Sampling>({
  name: 'gridSample',
  signature,
  equation: 'x at the places of grid',
  // Of the sizes that the tests draw, no place is near the middle of a pixel, where the slope changes.
  domain: { x: reals, grid: { ...reals, low: -1.4, high: 1.4, avoid: kinks(), margin: 0.02 } },
  attrs: {
    mode: (op, name, value) => checkName(op, name, value, MODES),
    padding: (op, name, value) => checkName(op, name, value, PADDINGS),
    alignCorners: flag,
  },
  examples: [
    {
      inputs: { x: [[[[1], [3]]]], grid: [[[[0, 0]]]] },
      attrs: { mode: 'bilinear', padding: 'zeros', alignCorners: false },
      z: [[[[2]]]],
      grads: { x: [[[[0.5], [0.5]]]] },
    },
  ],
  sample(rng) {
    const [n, c] = [rng.integer(1, 2), rng.integer(1, 2)]
    const attrs = {
      mode: rng.uniform() < 0.5 ? ('bilinear' as const) : ('bicubic' as const),
      padding: PADDINGS[rng.integer(0, 2)],
      alignCorners: rng.uniform() < 0.5,
    }
    const grid = [n, rng.integer(1, 3), rng.integer(1, 3), 2]
    return { shapes: { x: [n, rng.integer(2, 3), rng.integer(2, 3), c], grid }, attrs }
  },
  shape({ x, grid }) {
    const z = bind('gridSample', signature, { x, grid })
    if (x[1] > 0 && x[2] > 0) return z
    throw new Error(`gridSample: an image with a place expected, got ${format(x)}`)
  },
  compose({ x, grid }, sampling, shape) {
    const [n, height, width, channels] = x.shape
    const places = shape[1] * shape[2]
    const along = (axis: 0 | 1, size: number): Tensor => {
      const begin = [0, 0, 0, 1 - axis]
      const place = slice(grid, begin, [...grid.shape.slice(0, 3), 2 - axis])
      const v = pixel(reshape(place, [n, places, 1]), size, sampling.alignCorners)
      return sampling.mode === 'bicubic' ? nearby(v, size, sampling) : padded(v, size, sampling)
    }
    const [h, w] = [along(0, height), along(1, width)]
    const lines = reshape(x, [n, height * width, channels])
    const at = (row: Tensor, column: Tensor): Tensor => {
      const inside = mul(within(row, height), within(column, width))
      const index = add(mul(valid(row, height), width), valid(column, width))
      const picked = gather(lines, astype(broadcastTo(index, [n, places, channels]), 'int32'), 1)
      return where(inside, picked, 0)
    }
    if (sampling.mode === 'nearest') {
      const z = at(round(h), round(w))
      // A place that is NaN has no pixel.
      return reshape(add(z, stopGradient(mul(add(h, w), 0))), shape)
    }
    const [top, left] = [floor(stopGradient(h)), floor(stopGradient(w))]
    const [down, right] = [sub(h, top), sub(w, left)]
    if (sampling.mode === 'bicubic') {
      const taps = (first: Tensor, size: number) => TAPS.map(i => padded(add(first, i), size, sampling))
      const [rows, columns] = [taps(top, height), taps(left, width)]
      const across = weights(right)
      const sums = weights(down).map((weight, i) =>
        mul(total(columns.map((column, j) => mul(at(rows[i], column), across[j]))), weight),
      )
      return reshape(total(sums), shape)
    }
    const [bottom, end] = [add(top, 1), add(left, 1)]
    const mixed = (row: Tensor): Tensor => add(mul(at(row, left), sub(1, right)), mul(at(row, end), right))
    return reshape(add(mul(mixed(top), sub(1, down)), mul(mixed(bottom), down)), shape)
  },
})

/** The pixels that a cubic kernel reaches, from the one before a place on. */
const TAPS = [-1, 0, 1, 2] as const
const KEYS = -0.75

/** Their weights at t = 0 .. 1 from one to the next. */
function weights(t: Tensor): Tensor[] {
  const rest = sub(1, t)
  const near = (d: Tensor) => add(mul(mul(d, d), sub(mul(d, KEYS + 2), KEYS + 3)), 1)
  const far = (d: Tensor, other: Tensor) => mul(mul(d, mul(other, other)), KEYS)
  return [far(t, rest), near(t), near(rest), far(rest, t)]
}

const total = (xs: readonly Tensor[]): Tensor => xs.reduce(add)

function kinks(): number[] {
  const all = [2, 3].flatMap(size =>
    Array.from({ length: 4 * size + 3 }, (_, i) => i - size - 1).flatMap(i => [
      (2 * i + 1) / size - 1,
      (2 * i) / (size - 1) - 1,
    ]),
  )
  return [...new Set([...all, -1, 1])]
}
