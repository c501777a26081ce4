import type { Pair } from './window.ts'

export const COORDINATES = [
  'halfPixel',
  'alignCorners',
  'asymmetric',
  'pytorchHalfPixel',
  'halfPixelSymmetric',
] as const
export const ROUNDINGS = ['floor', 'ceil', 'roundPreferFloor', 'roundPreferCeil'] as const
export const RESIZE_MODES = ['nearest', 'bilinear', 'bicubic'] as const

/** How an axis of n places becomes one of others. */
export interface Resize {
  readonly size: Pair
  /** Places out over places in, along height and width, where they are not those of the sizes. */
  readonly scale: 'sizes' | Pair
  readonly mode: (typeof RESIZE_MODES)[number]
  readonly coordinates: (typeof COORDINATES)[number]
  readonly rounding: (typeof ROUNDINGS)[number]
  readonly cubicCoefficient: number
  readonly excludeOutside: boolean
  readonly antialias: boolean
}

/** Where output i of an axis lies among the n inputs; the names are ONNX's. */
function coordinate(r: Resize, axis: 0 | 1, n: number, i: number): number {
  const [out, scale] = [r.size[axis], r.scale === 'sizes' ? r.size[axis] / n : r.scale[axis]]
  // Of whole sizes the quotient is rounded once.
  const over = (v: number): number => (r.scale === 'sizes' ? (v * n) / out : v / scale)
  switch (r.coordinates) {
    case 'alignCorners':
      return out === 1 ? 0 : (i * (n - 1)) / (out - 1)
    case 'asymmetric':
      return over(i)
    case 'pytorchHalfPixel':
      return out === 1 ? 0 : over(i + 0.5) - 0.5
    case 'halfPixelSymmetric':
      return (n / 2) * (1 - out / (scale * n)) + over(i + 0.5) - 0.5
    default:
      return over(i + 0.5) - 0.5
  }
}

/** The input that each output of an axis takes. */
export function nearestPlaces(r: Resize, axis: 0 | 1, n: number): Int32Array {
  return Int32Array.from({ length: r.size[axis] }, (_, i) => {
    const at = rounded(r.rounding, coordinate(r, axis, n, i))
    return Math.min(Math.max(at, 0), n - 1)
  })
}

function rounded(rounding: Resize['rounding'], x: number): number {
  if (rounding === 'floor') return Math.floor(x)
  if (rounding === 'ceil') return Math.ceil(x)
  return rounding === 'roundPreferFloor' ? Math.ceil(x - 0.5) : Math.floor(x + 0.5)
}

/** The matrix [out,n] that resizes an axis of n. */
export function weightMatrix(r: Resize, axis: 0 | 1, n: number): Float64Array {
  const out = r.size[axis]
  const z = new Float64Array(out * n)
  // Where places get fewer, the kernel is as much wider.
  const scale = r.antialias ? Math.min(1, r.scale === 'sizes' ? out / n : r.scale[axis]) : 1
  const reach = (r.mode === 'bicubic' ? 2 : 1) / scale
  for (let i = 0; i < out; i++) {
    const x = coordinate(r, axis, n, i)
    let total = 0
    for (let j = Math.floor(x - reach); j <= Math.ceil(x + reach); j++) {
      const w = kernel(r, (j - x) * scale)
      if (w === 0 || (r.excludeOutside && (j < 0 || j >= n))) continue
      z[i * n + Math.min(Math.max(j, 0), n - 1)] += w
      total += w
    }
    if (r.antialias || r.excludeOutside) for (let j = 0; j < n; j++) z[i * n + j] /= total
  }
  return z
}

/** The tent, or Keys' cubic convolution with its coefficient a. */
function kernel({ mode, cubicCoefficient: a }: Resize, x: number): number {
  const t = Math.abs(x)
  if (mode === 'bilinear') return Math.max(0, 1 - t)
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0
}
