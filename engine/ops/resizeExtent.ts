import { checkFinite, checkList, checkName } from '../check.ts'
import type { Tensor } from '../tensor.ts'
import type { Resize } from './resizeWeights.ts'
import { checkedPair, type Pair } from './window.ts'

const ASPECTS = ['notLarger', 'notSmaller'] as const

/** How large the result of `resize` is. */
export interface Extent {
  /** Height and width of z, or one of them here and `scale` there. */
  size?: number | Pair
  /** Height and width of z over those of x; z's are rounded down, and places lie as the scale says. */
  scale?: number | Pair
  /**
   * One scale for both, the largest that leaves z within `size` ('notLarger') or the smallest that leaves none of its sides
   * below ('notSmaller'), as in ONNX: places lie as the scale says, and sizes are rounded to the next integer. Default: `size`
   * as it is.
   */
  keepAspectRatio?: (typeof ASPECTS)[number]
}

/** Height and width of z, and the scales that its places lie by. */
export function extent(x: Tensor, options: Extent): Pick<Resize, 'size' | 'scale'> {
  const op = 'resize'
  const { keepAspectRatio: policy } = options
  const image = [x.shape[1], x.shape[2]]
  if (options.scale !== undefined) {
    if (policy !== undefined)
      throw new Error(`${op}: keepAspectRatio beside size expected, got it beside scale`)
    const scale = scales(op, options.scale)
    return { size: [Math.floor(image[0] * scale[0]), Math.floor(image[1] * scale[1])], scale }
  }
  const size = checkedPair(op, 'size', options.size, undefined, 1)
  if (policy === undefined) return { size, scale: 'sizes' }
  checkName(op, 'keepAspectRatio', policy, ASPECTS)
  const scale = (policy === 'notLarger' ? Math.min : Math.max)(size[0] / image[0], size[1] / image[1])
  return { size: [Math.round(image[0] * scale), Math.round(image[1] * scale)], scale: [scale, scale] }
}

function scales(op: string, given: number | Pair): Pair {
  const both = typeof given === 'number' ? [given, given] : given
  checkList(op, 'scale', both, 'or a number', 2)
  for (const s of both) checkFinite(op, 'scale', s)
  return both as Pair
}
