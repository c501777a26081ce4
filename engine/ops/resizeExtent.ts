import { checkFinite, checkList, checkName } from '../check.ts'
import type { Tensor } from '../tensor.ts'
import type { Resize } from './resizeWeights.ts'
import { checkedPair, type Pair } from './window.ts'

const ASPECTS = ['notLarger', 'notSmaller'] as const

/** How large the result of `resize` is. */
export interface Extent {
  /** Height and width of z, or one of them here and `scale` there. */
  size?: number | Pair
  /**
   * Height and width of z over those of x; z's are rounded down, and places lie as the scale says, which after rounding is another than the
   * quotient of the sizes: as in ONNX, and in `F.interpolate` of PyTorch with `scale_factor`, whose 'nearest' alone takes the quotient where
   * a side of z is as long as that of x or twice as long. Places are computed in float64, in PyTorch in float32.
   */
  scale?: number | Pair
  /**
   * One scale for both, the largest that leaves z within `size` ('notLarger') or the smallest that leaves none of its sides
   * below ('notSmaller'), as in ONNX: places lie as the scale says, and sizes are rounded to the nearest integer, halves up.
   * Throws where that is 0. Default: `size` as it is.
   */
  keepAspectRatio?: (typeof ASPECTS)[number]
}

/** Height and width of z, and the scales that its places lie by. */
export function extent(x: Tensor, options: Extent): Pick<Resize, 'size' | 'scale'> {
  const op = 'resize'
  const { keepAspectRatio: policy } = options
  const image: Pair = [x.shape[1], x.shape[2]]
  if (image[0] === 0 || image[1] === 0) {
    throw new Error(`${op}: an image with a place expected, got shape [${x.shape}]`)
  }
  if (options.scale !== undefined) {
    if (policy !== undefined)
      throw new Error(`${op}: keepAspectRatio beside size expected, got it beside scale`)
    const scale = scales(op, options.scale)
    const whole: Pair = [Math.floor(image[0] * scale[0]), Math.floor(image[1] * scale[1])]
    return { size: atLeastOne(op, whole, image, options.scale), scale }
  }
  const size = checkedPair(op, 'size', options.size, undefined, 1)
  if (policy === undefined) return { size, scale: 'sizes' }
  checkName(op, 'keepAspectRatio', policy, ASPECTS)
  const heightDecides = size[0] * image[1] < size[1] * image[0] === (policy === 'notLarger')
  const by = heightDecides ? 0 : 1
  // One quotient, so that halves are halves.
  const whole = image.map(n => Math.round((n * size[by]) / image[by])) as unknown as Pair
  const scale = size[by] / image[by]
  return { size: atLeastOne(op, whole, image, scale), scale: [scale, scale] }
}

/** Throws unless each side of z has a place. */
function atLeastOne(op: string, size: Pair, image: Pair, scale: number | Pair): Pair {
  if (size[0] > 0 && size[1] > 0) return size
  throw new Error(`${op}: a scale that leaves a row and a column of [${image}] expected, got ${scale}`)
}

function scales(op: string, given: number | Pair): Pair {
  const both = typeof given === 'number' ? [given, given] : given
  checkList(op, 'scale', both, 'or a number', 2)
  for (const s of both) checkFinite(op, 'scale', s)
  return both as Pair
}
