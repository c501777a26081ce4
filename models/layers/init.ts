import {
  type Generator,
  randn,
  type Shape,
  type Tensor,
  type TensorOptions,
  uniform,
} from '../../engine/index.ts'

/** First values of a weight; `fanIn` is how many inputs go into one output. */
export type Init = (shape: Shape, fanIn: number, rng: Generator, options?: TensorOptions) => Tensor

/**
 * U(-b, b), b = sqrt(6 / ((1 + a^2) fanIn)): He 2015 for a leaky ReLU of slope a. PyTorch's layers take a = sqrt 5,
 * the default here, which is b = 1 / sqrt(fanIn).
 */
export function kaimingUniform(a = Math.sqrt(5)): Init {
  return (shape, fanIn, rng, options) => {
    const bound = Math.sqrt(6 / ((1 + a * a) * fanIn))
    return uniform(shape, rng, { ...options, low: -bound, high: bound })
  }
}

/** N(0, 2 / ((1 + a^2) fanIn)): He 2015, equation 15, for a leaky ReLU of slope a (default 0, plain ReLU). */
export function kaimingNormal(a = 0): Init {
  return (shape, fanIn, rng, options) =>
    randn(shape, rng, { ...options, std: Math.sqrt(2 / ((1 + a * a) * fanIn)) })
}

/** U(-1 / sqrt(fanIn), 1 / sqrt(fanIn)), as PyTorch starts a bias. */
export const biasUniform: Init = kaimingUniform()
