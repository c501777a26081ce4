import type { Window } from '../../../engine/backends/backend.ts'
import type { Generator } from '../../../engine/index.ts'
import { outputSize } from '../../../engine/ops/window.ts'
import { sizeOf } from '../../../engine/shape.ts'
import { type Call, floats, SPECIAL, size } from './call.ts'

interface Pooling {
  readonly x: readonly number[]
  readonly z: readonly number[]
  readonly g: Window
}

/** Windows each of which covers a place of the image: padding is at most half a kernel, as the ops demand. */
function pooling(rng: Generator): Pooling {
  for (;;) {
    const kernel = [rng.integer(1, 4), rng.integer(1, 4)] as const
    const input = [size(rng, 17), size(rng, 17)].map(n => Math.max(1, n)) as [number, number]
    const [batch, channels] = [rng.uniform() < 0.05 ? 0 : rng.integer(1, 3), Math.max(1, size(rng, 40))]
    const padding = kernel.map(n => rng.integer(0, Math.floor(n / 2))) as [number, number]
    const stride = rng.uniform() < 0.4 ? kernel : ([rng.integer(1, 3), rng.integer(1, 3)] as const)
    const dilation = rng.uniform() < 0.7 ? 1 : 2
    const span = kernel.map((n, i) => dilation * (n - 1) + 1 - 2 * padding[i])
    if (span.some((n, i) => n > input[i]) || (dilation === 2 && input.some(n => n < 8))) continue
    const g = outputSize('pool', input, kernel, { stride, padding, dilation })
    const [x, z] = [
      [batch, ...input, channels],
      [batch, ...g.output, channels],
    ]
    if (sizeOf(z) * sizeOf(kernel) <= 8000) return { x, z, g }
  }
}

/** Few values, so that the largest is often not the only one. */
const ranked = { coarse: true, edges: [0, -0, Infinity, -Infinity] }

export const POOLING: readonly Call[] = [
  {
    name: 'maxPool2d',
    kernel: 'maxPool2d',
    rounded: [],
    draw(rng) {
      const { x, g } = pooling(rng)
      return {
        inputs: [floats(rng, x, { edges: SPECIAL }), floats(rng, x, ranked)],
        run: (k, [v, x]) => k.maxPool2d(v, x, g),
      }
    },
  },
  {
    name: 'maxPool2d of itself',
    kernel: 'maxPool2d',
    rounded: [],
    draw(rng) {
      const { x, g } = pooling(rng)
      return { inputs: [floats(rng, x, ranked)], run: (k, [x]) => k.maxPool2d(x, x, g) }
    },
  },
  {
    // Rounding x would choose another place.
    name: 'maxPool2dGrad',
    kernel: 'maxPool2dGrad',
    rounded: [0],
    draw(rng) {
      const { x, z, g } = pooling(rng)
      return {
        inputs: [floats(rng, z), floats(rng, x, ranked)],
        run: (k, [dz, x]) => k.maxPool2dGrad(dz, x, g),
      }
    },
  },
  {
    name: 'avgPool2d',
    kernel: 'avgPool2d',
    draw(rng) {
      const { x, g } = pooling(rng)
      return { inputs: [floats(rng, x, { edges: SPECIAL })], run: (k, [x]) => k.avgPool2d(x, g) }
    },
  },
  {
    name: 'avgPool2dGrad',
    kernel: 'avgPool2dGrad',
    draw(rng) {
      const { z, g } = pooling(rng)
      return { inputs: [floats(rng, z)], run: (k, [dz]) => k.avgPool2dGrad(dz, g) }
    },
  },
]
