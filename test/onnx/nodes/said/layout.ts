import { permute, reshape, type Tensor } from '../../../../engine/index.ts'

/** The axes of `rank` with one moved to the end, and those that undo it. */
export function movedLast(rank: number, axis: number): { to: number[]; back: number[] } {
  const at = axis < 0 ? axis + rank : axis
  const to = [...Array.from({ length: rank }, (_, i) => i).filter(i => i !== at), at]
  return { to, back: to.map((_, i) => to.indexOf(i)) }
}

/** ONNX has channels second, this library has them last. */
export const channelsLast = (x: Tensor): Tensor => permute(x, movedLast(x.rank, 1).to)
export const channelsSecond = (x: Tensor): Tensor => permute(x, movedLast(x.rank, 1).back)

/** `f` on images, NHWC, of an x of ONNX's layout; a line, [N,C,L], is an image of height 1. */
export function onImages(x: Tensor, f: (images: Tensor) => Tensor): Tensor {
  const image = x.rank === 3 ? reshape(x, x.shape.toSpliced(2, 0, 1)) : x
  const z = channelsSecond(f(channelsLast(image)))
  return x.rank === 3 ? reshape(z, z.shape.toSpliced(2, 1)) : z
}
