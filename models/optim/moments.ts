import type { Tensor } from '../../engine/index.ts'
import { scaledSum } from '../../engine/ops/adjoints/scaledSum.ts'

/** g + lambda p. */
export const decayed = (g: Tensor, p: Tensor, lambda: number): Tensor =>
  lambda === 0 ? g : scaledSum(g, 1, p, lambda)

/** beta mean + (1 - beta) x. */
export const runningMean = (mean: Tensor, x: Tensor, beta: number): Tensor =>
  scaledSum(mean, beta, x, 1 - beta)
