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

/**
 * What is known of the last axis between two layers. A map's is its channels, in PyTorch too. A flattened map's is H, W, C
 * here and C, H, W there, so that what is learned for each feature stands elsewhere; C alone tells where.
 */
export interface Features {
  /** What it was cut from; `input` is what the net is given, of which nothing is known. */
  readonly of: 'input' | 'map' | 'flattened' | 'vector'
  /** The channels of the map; unknown until a layer with weights tells. */
  readonly channels?: number
}

/** The layout of a tensor whose first axis is `features`: [HW C, ...] here, [C HW, ...] there. */
export function featureLayout(shape: Shape, { of, channels }: Features): Layout {
  const [size, ...rest] = shape
  const tail = rest.map((_, i) => i + 2)
  const c = of === 'flattened' ? channels : size
  if (c === undefined) {
    throw new Error('the channels before flatten are not known; { channels } of the input expected')
  }
  if (size % c !== 0) throw new Error(`${c} channels, as before flatten, expected to divide ${size} features`)
  return { split: [size / c, c, ...rest], order: [1, 0, ...tail], shape }
}
