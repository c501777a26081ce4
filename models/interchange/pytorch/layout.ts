import { permute, reshape, type Shape, type Tensor } from '../../../engine/index.ts'

/** How a tensor of ours looks to PyTorch: reshaped to `split`, its axes in `order`, reshaped to `shape`. */
export interface Layout {
  readonly split: Shape
  readonly order: readonly number[]
  readonly shape: Shape
}

/** The same in both. */
export const same = (shape: Shape): Layout => ({ split: shape, order: shape.map((_, i) => i), shape })

/** The axes of ours in another order. */
export const axes = (shape: Shape, order: readonly number[]): Layout => ({
  split: shape,
  order,
  shape: order.map(i => shape[i]),
})

export const toTheirs = (t: Tensor, { split, order, shape }: Layout): Tensor =>
  reshape(permute(reshape(t, split), order), shape)

export function toOurs(t: Tensor, { split, order }: Layout, shape: Shape): Tensor {
  const theirs = order.map(i => split[i])
  const back = order.map((_, axis) => order.indexOf(axis))
  return reshape(permute(reshape(t, theirs), back), shape)
}
