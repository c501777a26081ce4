import {
  avgPool2d,
  concat,
  gridSample,
  type ResizeOptions,
  resize,
  slice,
  type Tensor,
  tensor,
  where,
} from '../../../../engine/index.ts'
import { type Node, numbers, type Said } from '../node.ts'
import { cannot } from '../unsaid.ts'
import { onImages } from './layout.ts'
import type { Pair } from './windows.ts'

/** Images at other places. */
export const SAMPLING: Readonly<Record<string, Said>> = {
  GridSample: ([x, grid], node) =>
    onImages(x, z =>
      gridSample(z, grid, {
        mode: node.text('mode', 'bilinear') as 'bilinear',
        padding: node.text('padding_mode', 'zeros') as 'zeros',
        alignCorners: node.flag('align_corners'),
      }),
    ),
  Resize: ([x, roi, scales, sizes], node) => resized(x, roi, scales, sizes, node),
  RoiAlign: ([x, rois, batch], node) => regions(x, rois, batch, node),
  Upsample: ([x, scales]) => onImages(x, z => resize(z, { scale: lastTwo(scales), mode: 'nearest' })),
}

const on = ({ backend, dtype }: Tensor) => ({ backend, dtype })
const lastTwo = (t: Tensor): Pair => numbers(t).slice(-2) as unknown as Pair

const MODES = { nearest: 'nearest', linear: 'bilinear', cubic: 'bicubic' } as const
const COORDINATES: Readonly<Record<string, ResizeOptions['coordinates']>> = {
  half_pixel: 'halfPixel',
  align_corners: 'alignCorners',
  asymmetric: 'asymmetric',
  pytorch_half_pixel: 'pytorchHalfPixel',
  half_pixel_symmetric: 'halfPixelSymmetric',
}
const ROUNDINGS = {
  floor: 'floor',
  ceil: 'ceil',
  round_prefer_floor: 'roundPreferFloor',
  round_prefer_ceil: 'roundPreferCeil',
} as const

function resized(x: Tensor, roi: Tensor, scales: Tensor, sizes: Tensor, node: Node): Tensor {
  const given = node.text('coordinate_transformation_mode', 'half_pixel')
  if (given === 'tf_crop_and_resize') return cropped(x, roi, lastTwo(sizes), node)
  const fits = scales === undefined || numbers(scales).every((s, i) => Number.isInteger(x.shape[i] * s))
  if (given === 'align_corners' && !fits) cannot('corners aligned by sizes that are no integers')
  const rounding = node.text('nearest_mode', 'round_prefer_floor') as keyof typeof ROUNDINGS
  const options: ResizeOptions = {
    ...(sizes === undefined ? { scale: lastTwo(scales) } : { size: lastTwo(sizes) }),
    mode: MODES[node.text('mode', 'nearest') as keyof typeof MODES],
    // Half a pixel further on, the next smaller integer is half a pixel back the one above.
    ...(given === 'tf_half_pixel_for_nn'
      ? { coordinates: 'halfPixel', rounding: rounding === 'floor' ? 'roundPreferCeil' : 'ceil' }
      : { coordinates: COORDINATES[given], rounding: ROUNDINGS[rounding] }),
    cubicCoefficient: node.float('cubic_coeff_a', -0.75),
    excludeOutside: node.flag('exclude_outside'),
  }
  return onImages(x, z => resize(z, options))
}

/** The places from one corner of the region to the other, that -1 and 1 are the middles of the outermost pixels. */
function cropped(x: Tensor, roi: Tensor, [height, width]: Pair, node: Node): Tensor {
  const r = numbers(roi)
  const line = (start: number, end: number, n: number): number[] =>
    Array.from(
      { length: n },
      (_, i) => 2 * (n === 1 ? (start + end) / 2 : start + (i * (end - start)) / (n - 1)) - 1,
    )
  const half = r.length / 2
  const [rows, columns] = [
    line(r[half - 2], r[2 * half - 2], height),
    line(r[half - 1], r[2 * half - 1], width),
  ]
  const places = rows.flatMap(v => columns.map(u => [u, v]))
  const grid = tensor(Float64Array.from(places.flat()), { shape: [1, height, width, 2], ...on(x) })
  const outside = places.map(place => (place.some(v => Math.abs(v) > 1) ? 1 : 0))
  const mask = tensor(Float64Array.from(outside), { shape: [height, width], ...on(x) })
  const z = onImages(x, images => gridSample(images, grid, { alignCorners: true, padding: 'border' }))
  return where(mask, node.float('extrapolation_value'), z)
}

/** Means of places that lie evenly in each cell of a region. */
function regions(x: Tensor, rois: Tensor, batch: Tensor, node: Node): Tensor {
  const [P, Q] = [node.int('output_height', 1), node.int('output_width', 1)]
  const samples = node.int('sampling_ratio')
  if (samples === 0) cannot('as many samples as a region is large')
  if (node.text('mode', 'avg') !== 'avg') cannot('the largest of weighted pixels')
  const scale = node.float('spatial_scale', 1)
  const offset = node.text('coordinate_transformation_mode', 'half_pixel') === 'half_pixel' ? 0.5 : 0
  const [, , height, width] = x.shape
  const all = numbers(rois)
  const maps = numbers(batch).map((b, i) => {
    const [x1, y1, x2, y2] = all.slice(4 * i, 4 * i + 4).map(v => v * scale - offset)
    const least = offset === 0 ? 1 : 0
    const line = (from: number, to: number, n: number, size: number): number[] => {
      const step = Math.max(to - from, least) / n
      const places = Array.from({ length: n * samples }, (_, k) => from + ((k + 0.5) * step) / samples)
      return places.map(v => (size === 1 ? 0 : (2 * v) / (size - 1) - 1))
    }
    const grid = line(y1, y2, P, height).flatMap(v => line(x1, x2, Q, width).flatMap(u => [u, v]))
    const places = tensor(Float64Array.from(grid), { shape: [1, P * samples, Q * samples, 2], ...on(x) })
    const image = slice(x, [b], [b + 1])
    return onImages(image, z =>
      avgPool2d(gridSample(z, places, { alignCorners: true, padding: 'border' }), samples),
    )
  })
  return concat(maps, 0)
}
