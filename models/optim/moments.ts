import { add, mul, type Tensor, tidy } from '../../engine/index.ts'

/** g + lambda p. */
export const decayed = (g: Tensor, p: Tensor, lambda: number): Tensor =>
  lambda === 0 ? g : tidy(() => add(g, mul(p, lambda)))

/** beta mean + (1 - beta) x. */
export const runningMean = (mean: Tensor, x: Tensor, beta: number): Tensor =>
  tidy(() => add(mul(mean, beta), mul(x, 1 - beta)))
