import { checkGiven } from '../../engine/check.ts'
import * as layers from '../layers/index.ts'
import { NET, type NetOptions, netOf } from './netOptions.ts'

/**
 * Three 3x3 convolutions of stride 2 with 16, 32 and 64 channels, a leaky ReLU of slope 1/4 after each, and a linear
 * layer: the net of the reference runs. Starts as PyTorch's layers do.  x[N,H,W,C] -> [N,D]
 */
export function smallNet(options: NetOptions): layers.Layer {
  checkGiven('smallNet', options, NET)
  const { dim, height, width, channels, made } = netOf('smallNet', options, { input: [28, 28, 1] })
  const conv = (from: number, to: number) =>
    layers.conv2d({ ...made, in: from, out: to, kernel: 3, stride: 2, padding: 1 })
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
    fc: layers.linear({ ...made, in: side(height) * side(width) * 64, out: dim }),
  })
}
