import { flag, two } from '../attrs.ts'
import { checkFlag, checkOptions, type OptionNames } from '../check.ts'
import { valuesLike } from '../create.ts'
import { reals } from '../domain.ts'
import { apply, defineOp } from '../op.ts'
import { bind } from '../shape.ts'
import type { Tensor } from '../tensor.ts'
import { matmul } from './matmul.ts'
import { reshape } from './reduce.ts'
import { checkedPair, type Pair } from './window.ts'

interface GridOptions {
  /** -1 and 1 are the middles of the first and last pixels, not the image's edges. Default false. */
  alignCorners?: boolean
}

const GRID = { alignCorners: true } as const satisfies OptionNames<GridOptions>

/**
 * grid[n,p,q] = theta[n] (x, y, 1), where x and y go from -1 to 1 along width and height: what `gridSample` takes, as
 * torch.nn.functional.affine_grid gives it.  theta[N,2,3] -> [N,P,Q,2]
 */
export function affineGrid(theta: Tensor, size: Pair, options: GridOptions = {}): Tensor {
  checkOptions('affineGrid', options, GRID)
  const { alignCorners = false } = options
  checkFlag('affineGrid', 'alignCorners', alignCorners)
  return apply(
    affineGridOp,
    { theta },
    { size: checkedPair('affineGrid', 'size', size, undefined, 1), alignCorners },
  )
}
export const affineGridOp = defineOp<'theta', { size: Pair; alignCorners: boolean }>({
  name: 'affineGrid',
  signature: 'theta[N,2,3] -> [N,P,Q,2]',
  equation: 'theta (x, y, 1)',
  domain: { theta: reals },
  attrs: { size: two(1), alignCorners: flag },
  examples: [
    {
      inputs: {
        theta: [
          [
            [1, 0, 0.5],
            [0, 2, 0],
          ],
        ],
      },
      attrs: { size: [1, 2], alignCorners: true },
      z: [
        [
          [
            [-0.5, 0],
            [1.5, 0],
          ],
        ],
      ],
    },
  ],
  sample: rng => ({
    shapes: { theta: [rng.integer(1, 2), 2, 3] },
    attrs: { size: [rng.integer(1, 3), rng.integer(1, 3)], alignCorners: rng.uniform() < 0.5 },
  }),
  shape({ theta }, { size }) {
    bind('affineGrid', 'theta[N,2,3] -> [N]', { theta })
    return [theta[0], ...size, 2]
  },
  compose({ theta }, { size, alignCorners }, shape) {
    const [ys, xs] = [middles(size[0], alignCorners), middles(size[1], alignCorners)]
    const values = ys.flatMap(y => xs.flatMap(x => [x, y, 1]))
    const points = reshape(valuesLike('affineGrid', values, theta), [size[0] * size[1], 3])
    return reshape(matmul(points, theta, { transposeB: true }), shape)
  },
})

/** Where n pixels lie from -1 to 1. */
const middles = (n: number, alignCorners: boolean): number[] =>
  Array.from({ length: n }, (_, i) =>
    alignCorners ? (n === 1 ? 0 : (2 * i) / (n - 1) - 1) : (2 * i + 1) / n - 1,
  )
