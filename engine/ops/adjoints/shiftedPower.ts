import { finite } from '../../attrs.ts'
import { positive } from '../../domain.ts'
import { apply, defineOp } from '../../op.ts'
import type { OpSpec } from '../../spec.ts'
import type { Tensor } from '../../tensor.ts'
import { pow } from '../analytic.ts'
import { add, mul } from '../arithmetic.ts'
import { maximum } from '../select.ts'

export interface ShiftedPower {
  readonly shift: number
  readonly power: number
  readonly factor: number
  readonly constant: number
}

/**
 * z = factor max(x + shift, 0)^power + constant; below -shift the slope is that at -shift, which is not 0 where power <= 1.
 * x[...] -> [...]
 */
export const shiftedPower = (x: Tensor, of: ShiftedPower): Tensor => apply(shiftedPowerOp, { x }, of)
export const shiftedPowerOp: OpSpec<'x', ShiftedPower> = defineOp<'x', ShiftedPower>({
  name: 'shiftedPower',
  signature: 'x[...] -> [...]',
  equation: 'factor max(x + shift, 0)^power + constant',
  domain: { x: positive },
  attrs: { shift: finite, power: finite, factor: finite, constant: finite },
  examples: [
    {
      inputs: { x: [1, -1, -2] },
      attrs: { shift: 1, power: 3, factor: 2, constant: -1 },
      z: [15, -1, -1],
      grads: { x: [24, 0, 0] },
    },
    {
      inputs: { x: [0.5, -2] },
      attrs: { shift: 0, power: 1, factor: 2, constant: 0 },
      z: [1, 0],
      grads: { x: [2, 2] },
    },
  ],
  sample: rng => ({
    shapes: { x: [rng.integer(1, 3), rng.integer(1, 5)] },
    attrs: {
      shift: rng.uniform(0, 1),
      power: rng.uniform() < 0.5 ? rng.integer(0, 5) : rng.uniform(1, 4),
      factor: rng.uniform(0.5, 2),
      constant: rng.uniform(-1, 1),
    },
  }),
  compose: ({ x }, { shift, power, factor, constant }) =>
    add(mul(pow(maximum(add(x, shift), 0), power), factor), constant),
  fused: (k, { x }, of) => k.shiftedPower?.(x, of),
  reads: { x: ['x'] },
  vjp: {
    // Of power 0 a constant: 0 times x^-1 would be no number.
    x: ({ dz, inputs: { x }, attrs: { shift, power, factor } }) =>
      mul(
        dz,
        shiftedPower(x, { shift, power: power === 0 ? 0 : power - 1, factor: factor * power, constant: 0 }),
      ),
  },
})
