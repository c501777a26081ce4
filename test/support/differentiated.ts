import type { Backend } from '../../engine/backends/backend.ts'
import { grad, type Shape, type Tensor, tensor, tidy } from '../../engine/index.ts'

/** Numbers to make a tensor of; integers stay integers. */
export interface Value {
  readonly shape: Shape
  readonly values: Float64Array
  readonly integers?: boolean
}

export type Values = Readonly<Record<string, Value>>

/** y = f(xs), and the cotangents of the xs in `wanted` for a cotangent dy of y, one after another. */
export function withGradients(
  backend: Backend,
  dtype: 'float32' | 'float64',
  xs: Values,
  wanted: readonly string[],
  dy: Float64Array | undefined,
  f: (xs: Record<string, Tensor>) => Tensor,
): Float64Array {
  return tidy(() => {
    const make = (name: string, { shape, values, integers }: Value): Tensor =>
      tensor(values, {
        ...{ shape, backend, dtype: integers ? 'int32' : dtype },
        requiresGrad: wanted.includes(name),
      })
    const inputs = Object.fromEntries(Object.entries(xs).map(([name, x]) => [name, make(name, x)]))
    const y = f(inputs)
    const parts = [y]
    if (dy !== undefined && y.requiresGrad) {
      const cotangent = tensor(dy, { shape: y.shape, backend, dtype })
      parts.push(
        ...grad(
          y,
          wanted.map(name => inputs[name]),
          cotangent,
        ),
      )
    }
    return Float64Array.from(parts.flatMap(part => [...part.dataSync()]))
  })
}
