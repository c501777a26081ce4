import type { DType } from './backends/backend.ts'
import { checkOptions, type OptionNames, refusal } from './check.ts'
import { placeOf, type TensorOptions, tensorFor } from './create.ts'
import { checkFinite, checkGenerator, checkRange, type Generator } from './random.ts'
import { checkShape, format, type Shape, sizeOf } from './shape.ts'
import type { Tensor } from './tensor.ts'

type NormalOptions = TensorOptions & { mean?: number; std?: number }
type UniformOptions = TensorOptions & { low?: number; high?: number }
const PLACE = { dtype: true, backend: true, requiresGrad: true } as const
const NORMAL = { ...PLACE, mean: true, std: true } as const satisfies OptionNames<NormalOptions>
const UNIFORM = { ...PLACE, low: true, high: true } as const satisfies OptionNames<UniformOptions>

/** Elements from N(mean, std^2); mean 0 and std 1 by default. */
export function randn(shape: Shape, rng: Generator, options: NormalOptions = {}): Tensor {
  checkOptions('randn', options, NORMAL)
  const { mean = 0, std = 1, ...place } = options
  checkFinite('randn', 'mean', mean, place.dtype ?? 'float32')
  checkFinite('randn', 'std', std, place.dtype ?? 'float32', 0)
  return draw('randn', shape, rng, place, () => mean + std * rng.normal())
}

/** Elements uniform in [low, high) as the dtype holds them; 0 and 1 by default. Throws when it holds none of them. */
export function uniform(shape: Shape, rng: Generator, options: UniformOptions = {}): Tensor {
  checkOptions('uniform', options, UNIFORM)
  const { low = 0, high = 1, ...place } = options
  const { dtype = 'float32' } = place
  checkRange('uniform', low, high, dtype)
  if (dtype !== 'float32' || low === high) {
    return draw('uniform', shape, rng, place, () => rng.uniform(low, high))
  }
  // Rounding may leave the range at either end.
  const [first, last] = [roundedUp(low), roundedBelow(high)]
  if (first > last) throw new Error(`uniform: a float32 in [low, high) expected, got ${low} and ${high}`)
  const within = (x: number): number => Math.min(Math.max(Math.fround(x), first), last)
  return draw('uniform', shape, rng, place, () => within(rng.uniform(low, high)))
}

function reserve(op: string, shape: Shape, dtype: DType): Float32Array | Float64Array {
  try {
    return new (dtype === 'float32' ? Float32Array : Float64Array)(sizeOf(shape))
  } catch (cause) {
    throw new Error(`${op}: out of memory: numbers for shape ${format(shape)} asked for`, { cause })
  }
}

function draw(op: string, shape: Shape, rng: Generator, options: TensorOptions, next: () => number): Tensor {
  checkShape(op, shape)
  checkGenerator(op, rng)
  const { dtype, backend } = placeOf(op, options, 'float32')
  if (dtype === 'int32') throw refusal(op, 'dtype float32 or float64', dtype)
  const values = reserve(op, shape, dtype)
  for (let i = 0; i < values.length; i++) values[i] = next()
  return tensorFor(op, values, { ...options, dtype, backend, shape })
}

const float32 = new Float32Array(1)
const bits32 = new Int32Array(float32.buffer)
/** The largest float32 below the finite `x`. */
export function roundedBelow(x: number): number {
  const near = Math.fround(x)
  return near < x ? near : next(near, -1)
}

/** The smallest float32 that is `x` or more. */
export function roundedUp(x: number): number {
  const near = Math.fround(x)
  return near >= x ? near : next(near, 1)
}

/** The float32 next to `x`, upwards or downwards. */
function next(x: number, way: 1 | -1): number {
  if (x === 0) return way * 2 ** -149
  float32[0] = x
  bits32[0] += Math.sign(x) * way
  return float32[0]
}
