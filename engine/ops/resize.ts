import { type Check, finite, flag, two } from '../attrs.ts'
import { checkFinite, checkFlag, checkList, checkName, checkOptions, type OptionNames } from '../check.ts'
import { valuesLike } from '../create.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind } from '../shape.ts'
import { checkTensor, type Tensor } from '../tensor.ts'
import { indexOn, take } from './indexing.ts'
import { matmul } from './matmul.ts'
import { reshape } from './reduce.ts'
import { type Extent, extent } from './resizeExtent.ts'
import {
  COORDINATES,
  nearestPlaces,
  RESIZE_MODES,
  type Resize,
  ROUNDINGS,
  weightMatrix,
} from './resizeWeights.ts'

export interface ResizeOptions extends Extent {
  /** Default 'bilinear'. */
  mode?: Resize['mode']
  /**
   * Where z's places lie in x. Default 'halfPixel', that of align_corners=False, and of 'nearest' 'asymmetric', as in PyTorch.
   * The others are ONNX's, but for 'alignCorners', which never asks for the scale.
   */
  coordinates?: Resize['coordinates']
  /** Of 'nearest': which of two neighbours. Default 'floor', as in PyTorch. */
  rounding?: Resize['rounding']
  /** Of 'bicubic': Keys' coefficient. Default -0.75, and -0.5 with antialias, as in PyTorch; Pillow has -0.5. */
  cubicCoefficient?: number
  /** Places outside of x count for nothing, in place of for x's edge. Default false, with antialias true, as in PyTorch. */
  excludeOutside?: boolean
  /**
   * A kernel as much wider as places get fewer. Default false. With 'alignCorners' it lies around those places, as in ONNX;
   * in PyTorch around others.
   */
  antialias?: boolean
}

const RESIZE = {
  size: true,
  scale: ['scaleFactor'],
  keepAspectRatio: ['keepAspectRatioPolicy'],
  mode: true,
  coordinates: ['coordinateTransformationMode'],
  rounding: ['nearestMode'],
  cubicCoefficient: ['cubicCoeffA'],
  excludeOutside: true,
  antialias: true,
} as const satisfies OptionNames<ResizeOptions>

const signature = 'x[N,H,W,C] -> [N,P,Q,C]'

/**
 * z = x at other heights and widths, by the nearest place, by two along each side, or by four. But for 'nearest' these are products
 * with a matrix a side, so that NaN or Infinity makes NaN of all its row and column.  x[N,H,W,C] -> [N,P,Q,C]
 */
export function resize(x: Tensor, options: ResizeOptions): Tensor {
  const op = 'resize'
  checkTensor(op, 'x', x)
  checkOptions(op, options, RESIZE)
  bind(op, signature, { x: x.shape })
  const { mode = 'bilinear', antialias = false } = options
  const { coordinates = mode === 'nearest' ? 'asymmetric' : 'halfPixel', rounding = 'floor' } = options
  const { cubicCoefficient = antialias ? -0.5 : -0.75, excludeOutside = antialias } = options
  checkName(op, 'mode', mode, RESIZE_MODES)
  checkFlag(op, 'antialias', antialias)
  if ((options.size === undefined) === (options.scale === undefined)) {
    throw new Error(`${op}: size or scale expected, got ${options.size === undefined ? 'none' : 'both'}`)
  }
  const { size, scale } = extent(x, options)
  const attrs = { size, scale, mode, coordinates, rounding, cubicCoefficient, excludeOutside, antialias }
  return apply(resizeOp, { x }, attrs)
}

const named =
  (names: readonly string[]): Check =>
  (op, name, value) =>
    checkName(op, name, value, names)

export const resizeOp = defineOp<'x', Resize>({
  name: 'resize',
  signature,
  equation: 'x at other heights and widths',
  domain: { x: reals },
  attrs: {
    size: two(1),
    scale: (op, name, value) => {
      if (value === 'sizes') return
      checkList(op, name, value, "'sizes' or [height, width]", 2)
      for (const s of value) checkFinite(op, name, s)
    },
    mode: named(RESIZE_MODES),
    coordinates: named(COORDINATES),
    rounding: named(ROUNDINGS),
    cubicCoefficient: finite,
    excludeOutside: flag,
    antialias: flag,
  },
  examples: [
    {
      inputs: { x: [[[[1], [3]]]] },
      attrs: {
        size: [1, 4],
        scale: 'sizes',
        mode: 'bilinear',
        coordinates: 'halfPixel',
        rounding: 'floor',
        cubicCoefficient: -0.75,
        excludeOutside: false,
        antialias: false,
      },
      z: [[[[1], [1.5], [2.5], [3]]]],
      grads: { x: [[[[2], [2]]]] },
    },
  ],
  sample(rng) {
    const pick = <T>(names: readonly T[]): T => names[rng.integer(0, names.length - 1)]
    const x = [rng.integer(1, 2), rng.integer(1, 4), rng.integer(1, 4), rng.integer(1, 2)]
    const antialias = rng.uniform() < 0.3
    const attrs: Resize = {
      size: [rng.integer(1, 6), rng.integer(1, 6)],
      scale: 'sizes',
      mode: pick(RESIZE_MODES),
      coordinates: pick(COORDINATES),
      rounding: pick(ROUNDINGS),
      cubicCoefficient: -0.75,
      excludeOutside: antialias,
      antialias,
    }
    return { shapes: { x }, attrs }
  },
  shape({ x }, { size }) {
    bind('resize', signature, { x })
    if (x[1] > 0 && x[2] > 0) return [x[0], ...size, x[3]]
    throw new Error(`resize: an image with a place expected, got shape [${x}]`)
  },
  compose({ x }, r) {
    const [n, height, width, channels] = x.shape
    if (r.mode === 'nearest') {
      const rows = take(x, indexOn('resize', nearestPlaces(r, 0, height), x.backend), 1)
      return take(rows, indexOn('resize', nearestPlaces(r, 1, width), x.backend), 2)
    }
    const along = (axis: 0 | 1, size: number): Tensor =>
      reshape(valuesLike('resize', weightMatrix(r, axis, size), x), [r.size[axis], size])
    const rows = matmul(along(0, height), reshape(x, [n, height, width * channels]))
    const lines = reshape(rows, [n * r.size[0], width, channels])
    return reshape(matmul(along(1, width), lines), [n, ...r.size, channels])
  },
})
