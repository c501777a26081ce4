import type { Backend, NDArray, Window } from '../backend.ts'
import type { Core } from './core.ts'
import { elementwise } from './elementwise.ts'
import { movement } from './movement.ts'

type Kernels = Pick<Backend, 'maxPool2dGrad' | 'avgPool2dGrad'>

/** The most windows over one place whose gradients are added in one chain: each addition rounds. */
const MOST = 512

/** How many windows, at most, hold a place along a side. */
const reach = ({ kernel, dilation, stride, output }: Window, side: 0 | 1): number =>
  Math.min(output[side], Math.floor(((kernel[side] - 1) * dilation[side]) / stride[side]) + 1)

/** The adjoints of pooling, in parts where very many windows overlap. */
export function overlapping(core: Core, plain: Kernels): Kernels {
  const [{ binary }, { slice }] = [elementwise(core), movement(core)]
  const fits = (g: Window): boolean => reach(g, 0) * reach(g, 1) <= MOST
  const using = <T>(xs: readonly NDArray[], z: T): T => {
    for (const { buffer } of xs) core.storage.free(buffer)
    return z
  }
  return {
    // A mean over a window is one along its columns of those along its rows.
    avgPool2dGrad(dz, g) {
      if (fits(g)) return plain.avgPool2dGrad(dz, g)
      const lines = plain.avgPool2dGrad(dz, side(g, 0))
      return using([lines], plain.avgPool2dGrad(lines, side(g, 1)))
    },

    // Rows of windows, so many at a time.
    maxPool2dGrad(dz, x, g) {
      const [height, width] = g.output
      const rows = Math.max(1, Math.floor(MOST / reach(g, 1)))
      if (fits(g) || height <= rows) return plain.maxPool2dGrad(dz, x, g)
      const [batch, , , channels] = dz.shape
      const part = (first: number): NDArray => {
        const count = Math.min(rows, height - first)
        const some = slice(dz, [0, first, 0, 0], [1, 1, 1, 1], [batch, count, width, channels])
        const padding = [g.padding[0] - first * g.stride[0], g.padding[1]] as const
        return using([some], plain.maxPool2dGrad(some, x, { ...g, padding, output: [count, width] }))
      }
      let dx = part(0)
      for (let first = rows; first < height; first += rows) {
        const more = part(first)
        dx = using([dx, more], binary('add', dx, more, x.shape))
      }
      return dx
    },
  }
}

/** The window along one side; the other is, of the first, as it comes out, and of the second, as it goes in. */
function side(g: Window, which: 0 | 1): Window {
  const pick = <T>(own: readonly [T, T], other: T): [T, T] =>
    which === 0 ? [own[0], other] : [other, own[1]]
  return {
    ...{ kernel: pick(g.kernel, 1), stride: pick(g.stride, 1) },
    ...{ padding: pick(g.padding, 0), dilation: pick(g.dilation, 1) },
    input: which === 0 ? [g.input[0], g.output[1]] : g.input,
    output: which === 0 ? g.output : [g.input[0], g.output[1]],
  }
}
