import type { Backend } from '../../engine/backends/backend.ts'
import { add, grad, mul, noGrad, type Shape, sum, type Tensor, tensor, tidy } from '../../engine/index.ts'
import type { Generator } from '../../engine/random.ts'
import { direction } from '../../engine/testing/grid.ts'

/** Numbers to make a tensor of; integers stay integers. */
export interface Value {
  readonly shape: Shape
  readonly values: Float64Array
  readonly integers?: boolean
}

export type Values = Readonly<Record<string, Value>>
type Tensors = Readonly<Record<string, Tensor>>

/** A function of tensors, and what it is differentiated in: of its arguments, or made inside. */
export type Differentiated = (xs: Tensors) => { y: Tensor; wanted: Tensors }

/** Where to compute. */
export interface Place {
  readonly backend: Backend
  readonly dtype: 'float32' | 'float64'
}

/** A cotangent for the tensor of that name; the same one each time. */
export type Cotangents = (name: string, size: number) => Float64Array

export interface Order {
  /** 0 for the value alone, 1 for the gradients too, 2 for the gradients of these. */
  readonly order: 0 | 1 | 2
  readonly cotangents: Cotangents
}

export interface Part {
  readonly name: string
  readonly values: Float64Array
}

export function cotangents(rng: Generator): Cotangents {
  const drawn = new Map<string, Float64Array>()
  return (name, size) => {
    const known = drawn.get(name) ?? direction(rng, size)
    drawn.set(name, known)
    return known
  }
}

/**
 * f's value y, by the name of `value`; for a cotangent dy of it, the cotangents `d x` of each x that is wanted; and for
 * cotangents of those, theirs: `dd x` in what is wanted, `dd value` in dy. Backends that cannot be read at once are
 * waited for.
 */
export async function differentiated(
  { backend, dtype }: Place,
  values: Values,
  f: Differentiated,
  { order, cotangents }: Order,
): Promise<Part[]> {
  const leaf = (values: Float64Array, shape: Shape): Tensor =>
    tensor(values, { shape, backend, dtype, requiresGrad: true })
  const make = ({ shape, values, integers }: Value): Tensor =>
    integers ? tensor(values, { shape, backend, dtype: 'int32' }) : leaf(values, shape)
  const parts = tidy((): Record<string, Tensor> => {
    const { y, wanted } = f(map(values, make))
    if (order === 0 || !y.requiresGrad) return { value: y }
    const dy = leaf(cotangents('value', y.size), y.shape)
    const dx = grad(y, wanted, dy)
    if (order === 1) return { value: y, ...prefixed('d ', dx) }
    // The sum of all gradients, each times its cotangent: its gradients are those of the gradients.
    const weighted = Object.entries(dx).map(([name, d]) =>
      sum(mul(d, tensor(cotangents(`d ${name}`, d.size), { shape: d.shape, backend, dtype }))),
    )
    const total = weighted.reduce(add, leaf(new Float64Array(1), []))
    const ddx = noGrad(() => grad(total, { ...wanted, value: dy }))
    return { value: y, ...prefixed('d ', dx), ...prefixed('dd ', ddx) }
  })
  const read = await Promise.all(
    Object.entries(parts).map(async ([name, t]) => ({ name, values: Float64Array.from(await t.data()) })),
  )
  for (const t of new Set(Object.values(parts))) t.dispose()
  return read
}

const map = <A, B>(xs: Readonly<Record<string, A>>, f: (x: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(xs).map(([name, x]) => [name, f(x)]))

const prefixed = <A>(prefix: string, xs: Readonly<Record<string, A>>): Record<string, A> =>
  Object.fromEntries(Object.entries(xs).map(([name, x]) => [prefix + name, x]))
