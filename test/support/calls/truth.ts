import { reference } from '../../../engine/backends/reference/index.ts'
import { Generator } from '../../../engine/index.ts'
import type { Truth } from '../parity.ts'
import { type Drawn, type Input, perform } from './call.ts'

/** A call in float64, and with the inputs that rounding reaches (all floats, unless said) moved. */
export function truthOf(drawn: Drawn, tolerance: number, rng: Generator, rounded?: readonly number[]): Truth {
  const on = (inputs: Drawn['inputs']) => perform(reference, { ...drawn, inputs }, 'float64').values
  const exact = on(drawn.inputs)
  if (rounded?.length === 0) return { exact }
  // Its own draws: how many there are depends on what a backend computes.
  const noise = new Generator(rng.seed())
  const off = (x: number): number =>
    x * (1 + tolerance * (noise.uniform() < 0.5 ? -1 : 1) * noise.uniform(0.5, 1))
  const moves = (x: Input, i: number): boolean => x.dtype === 'float32' && (rounded?.includes(i) ?? true)
  return {
    exact,
    noisy: () => on(drawn.inputs.map((x, i) => (moves(x, i) ? { ...x, values: x.values.map(off) } : x))),
  }
}
