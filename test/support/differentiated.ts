import type { Backend } from '../../engine/backends/backend.ts'
import { grad, type Shape, type Tensor, tensor, tidy } from '../../engine/index.ts'

/** Numbers to make a tensor of; integers stay integers. */
export interface Value {
  readonly shape: Shape
  readonly values: Float64Array
  readonly integers?: boolean
}

export type Values = Readonly<Record<string, Value>>

/** f's value and, for a cotangent dy of it, the cotangents of `wanted`, one after another. */
export function withGradients(
  backend: Backend,
  dtype: 'float32' | 'float64',
  xs: Values,
  dy: Float64Array | undefined,
  f: (xs: Record<string, Tensor>) => { y: Tensor; wanted: readonly Tensor[] },
): Float64Array {
  return tidy(() => {
    const make = ({ shape, values, integers }: Value): Tensor =>
      integers
        ? tensor(values, { shape, backend, dtype: 'int32' })
        : tensor(values, { shape, backend, dtype, requiresGrad: true })
    const { y, wanted } = f(Object.fromEntries(Object.entries(xs).map(([name, x]) => [name, make(x)])))
    const parts = [y]
    if (dy !== undefined && y.requiresGrad) {
      parts.push(...grad(y, wanted, tensor(dy, { shape: y.shape, backend, dtype })))
    }
    return Float64Array.from(parts.flatMap(part => [...part.dataSync()]))
  })
}
