import { reals } from '../../engine/domain.ts'
import { Generator, type Nested, type Shape, type Tensor, tensor } from '../../engine/index.ts'
import { drawTensor } from '../../engine/testing/index.ts'

/** A float64 tensor from nested numbers: what most tests compute with. */
export const f64 = (values: Nested): Tensor => tensor(values, { dtype: 'float64' })

/** The same, to differentiate in. */
export const leaf = (values: Nested): Tensor => tensor(values, { dtype: 'float64', requiresGrad: true })

/** A float64 tensor of multiples of 1/128 in [-2, 2], so that short sums of products are exact. */
export const random = (shape: Shape, seed: number): Tensor => drawTensor(new Generator(seed), shape, reals)

/** <a, b> over all elements. */
export function inner(a: Tensor, b: Tensor): number {
  const [xs, ys] = [a.dataSync(), b.dataSync()]
  let sum = 0
  for (let i = 0; i < xs.length; i++) sum += xs[i] * ys[i]
  return sum
}

/** Every index of a shape, in row-major order. */
export function indices(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap(head => Array.from({ length: n }, (_, i) => [...head, i])),
    [[]],
  )
}

/** A tensor whose element at each index is f(index). */
export const generate = (shape: Shape, f: (index: number[]) => number): Tensor =>
  tensor(Float64Array.from(indices(shape), f), { shape })

/** Reads an element by its index. */
export function reader(x: Tensor): (index: readonly number[]) => number {
  const values = x.dataSync()
  return index => values[index.reduce((at, i, axis) => at * x.shape[axis] + i, 0)]
}
