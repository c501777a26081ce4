import type { Tensor } from '../../engine/index.ts'
import { scaledSum } from '../../engine/ops/adjoints/scaledSum.ts'

/** g + lambda p; lambda that float32 has for 0 is none. */
export const decayed = (g: Tensor, p: Tensor, lambda: number): Tensor =>
  Math.fround(lambda) === 0 ? g : scaledSum(g, 1, p, lambda)

/** beta mean + (1 - beta) x. */
export const runningMean = (mean: Tensor, x: Tensor, beta: number): Tensor =>
  scaledSum(mean, beta, x, 1 - beta)
