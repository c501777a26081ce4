import type { Backend, NDArray, TypedArray, Window } from '../backend.ts'
import { allocate, valuesOf } from './storage.ts'

export const pooling = {
  maxPool2d(v, x, g) {
    const { values: z, array } = allocate(outputShape(x, g), v.dtype)
    const [vs, xs] = [valuesOf(v), valuesOf(x)]
    eachWindow(x.shape[0], x.shape[3], g, (zAt, places) => {
      z[zAt] = vs[largest(xs, places)]
    })
    return array
  },

  maxPool2dGrad(dz, x, g) {
    const { values: dx, array } = allocate(x.shape, dz.dtype)
    const [dzs, xs] = [valuesOf(dz), valuesOf(x)]
    const sum = new Float64Array(dx.length)
    eachWindow(x.shape[0], x.shape[3], g, (zAt, places) => {
      sum[largest(xs, places)] += dzs[zAt]
    })
    dx.set(sum)
    return array
  },

  avgPool2d(x, g) {
    const { values: z, array } = allocate(outputShape(x, g), x.dtype)
    const xs = valuesOf(x)
    const area = g.kernel[0] * g.kernel[1]
    eachWindow(x.shape[0], x.shape[3], g, (zAt, places) => {
      let sum = 0
      for (const at of places) sum += xs[at]
      z[zAt] = sum / area
    })
    return array
  },

  avgPool2dGrad(dz, g) {
    const [batch, , , channels] = dz.shape
    const { values: dx, array } = allocate([batch, ...g.input, channels], dz.dtype)
    const dzs = valuesOf(dz)
    const sum = new Float64Array(dx.length)
    const area = g.kernel[0] * g.kernel[1]
    eachWindow(batch, channels, g, (zAt, places) => {
      for (const at of places) sum[at] += dzs[zAt] / area
    })
    dx.set(sum)
    return array
  },
} satisfies Partial<Backend>

const outputShape = (x: NDArray, g: Window) => [x.shape[0], ...g.output, x.shape[3]]

/** The first of the largest; a NaN, the first, is larger than all. */
function largest(xs: TypedArray, places: readonly number[]): number {
  let best = places[0]
  for (const at of places) {
    if (Number.isNaN(xs[best])) break
    if (!(xs[at] <= xs[best])) best = at
  }
  return best
}

/** Visits each output element with the places of its window that lie on the image, in row-major order. */
function eachWindow(
  batch: number,
  channels: number,
  g: Window,
  visit: (zAt: number, places: readonly number[]) => void,
): void {
  const [height, width] = g.input
  const inside = (at: number, axis: 0 | 1): number[] =>
    Array.from(
      { length: g.kernel[axis] },
      (_, i) => at * g.stride[axis] + i * g.dilation[axis] - g.padding[axis],
    ).filter(v => v >= 0 && v < g.input[axis])
  let zAt = 0
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < g.output[0]; p++) {
      const rows = inside(p, 0)
      for (let q = 0; q < g.output[1]; q++) {
        const columns = inside(q, 1)
        for (let c = 0; c < channels; c++, zAt++) {
          const places: number[] = []
          for (const h of rows)
            for (const v of columns) places.push(((n * height + h) * width + v) * channels + c)
          visit(zAt, places)
        }
      }
    }
  }
}
