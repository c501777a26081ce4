import type { TypedArray } from '../../../engine/backends/backend.ts'
import { reference } from '../../../engine/backends/reference/index.ts'
import { Generator } from '../../../engine/index.ts'
import { type Shape, sizeOf } from '../../../engine/shape.ts'
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
  const noisy = () => on(drawn.inputs.map((x, i) => (moves(x, i) ? { ...x, values: x.values.map(off) } : x)))
  const { together } = drawn
  if (together === undefined) return { exact, noisy }
  const { shape } = perform(reference, drawn)
  return {
    exact,
    noisy() {
      const far = noisy().map((x, i) => Math.abs(x - exact[i]))
      const most = mostAround(far, shape, together)
      return exact.map((x, i) => x + most[i])
    },
  }
}

/** The largest of the values nearer than `places` along each of these axes. */
function mostAround(
  values: TypedArray,
  shape: Shape,
  { axes, places }: NonNullable<Drawn['together']>,
): TypedArray {
  return axes.reduce((most, axis) => {
    const step = sizeOf(shape.slice(axis + 1))
    return most.map((_, i) => {
      const at = Math.floor(i / step) % shape[axis]
      const [first, last] = [Math.max(0, at - places + 1), Math.min(shape[axis] - 1, at + places - 1)]
      return Math.max(
        ...Array.from({ length: last - first + 1 }, (_, k) => most[i + (first + k - at) * step]),
      )
    })
  }, values)
}
