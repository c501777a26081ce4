import type { Generator, TensorOptions } from '../../engine/index.ts'
import * as layers from '../layers/index.ts'

export interface NetOptions extends Pick<TensorOptions, 'dtype' | 'backend'> {
  /** D, the size of an embedding. */
  dim: number
  /** Where the first weights come from. */
  rng: Generator
  /** Height, width and channels of an image. Default [28, 28, 1]. */
  input?: readonly [height: number, width: number, channels: number]
}

/**
 * Three 3x3 convolutions of stride 2 with 16, 32 and 64 channels, a leaky ReLU of slope 1/4 after each, and a linear
 * layer: the net of the reference runs. Starts as PyTorch's layers do.  x[N,H,W,C] -> [N,D]
 */
export function smallNet({ dim, input = [28, 28, 1], ...options }: NetOptions): layers.Layer {
  const [height, width, channels] = input
  const conv = (from: number, to: number) =>
    layers.conv2d({ ...options, in: from, out: to, kernel: 3, stride: 2, padding: 1 })
  const act = () => layers.leakyRelu({ slope: 0.25 })
  const side = (n: number) => Math.ceil(n / 8)
  return layers.sequential({
    conv1: conv(channels, 16),
    act1: act(),
    conv2: conv(16, 32),
    act2: act(),
    conv3: conv(32, 64),
    act3: act(),
    flatten: layers.flatten(),
    fc: layers.linear({ ...options, in: side(height) * side(width) * 64, out: dim }),
  })
}
