import { checkGiven } from '../../engine/check.ts'
import * as layers from '../layers/index.ts'
import { checkHalves, embedding, NET, type NetOptions, netOf } from './netOptions.ts'

/**
 * Three 3x3 convolutions of stride 2 with 16, 32 and 64 channels, a leaky ReLU of slope 1/4 after each, and a linear
 * layer: the net of the reference runs. Starts as PyTorch's layers do.  x[N,H,W,C] -> [N,D]
 */
export function smallNet(options: NetOptions): layers.Layer {
  checkGiven('smallNet', options, NET)
  const { dim, height, width, channels, weightOptions } = netOf('smallNet', options, { input: [28, 28, 1] })
  const conv = (from: number, to: number) =>
    layers.conv2d({ ...weightOptions, in: from, out: to, kernel: 3, stride: 2, padding: 1 })
  const act = () => layers.leakyRelu({ slope: 0.25 })
  const side = (n: number) => Math.ceil(n / 8)
  return layers.sequential({
    conv1: conv(channels, 16),
    act1: act(),
    conv2: conv(16, 32),
    act2: act(),
    conv3: conv(32, 64),
    act3: act(),
    ...embedding(side(height) * side(width) * 64, dim, weightOptions),
  })
}

const CONV_STAGES = [16, 32, 64]

/**
 * Three stages of a 3x3 convolution with 16, 32 and 64 channels, batch norm, a 2x2 max pool and ReLU, and a linear layer:
 * the net of the runs with many identities. Starts as PyTorch's layers do.  x[N,H,W,C] -> [N,D]
 */
export function convNet(options: NetOptions): layers.Layer {
  checkGiven('convNet', options, NET)
  const { dim, height, width, channels, tensorOptions, weightOptions } = netOf('convNet', options, {
    input: [28, 28, 1],
  })
  checkHalves('convNet', { height, width }, CONV_STAGES.length)
  const stages: Record<string, layers.Layer> = {}
  let from = channels
  CONV_STAGES.forEach((to, i) => {
    // Batch norm takes a bias away again.
    const convolution = { in: from, out: to, kernel: 3, padding: 1, bias: false }
    stages[`conv${i + 1}`] = layers.conv2d({ ...weightOptions, ...convolution })
    stages[`bn${i + 1}`] = layers.batchNorm({ ...tensorOptions, channels: to })
    // The pool goes first: max and ReLU may change places, and so ReLU has a quarter of the numbers to pass over.
    stages[`pool${i + 1}`] = layers.maxPool2d({ kernel: 2 })
    stages[`act${i + 1}`] = layers.relu()
    from = to
  })
  const side = (n: number): number => Math.floor(n / 2 ** CONV_STAGES.length)
  return layers.sequential({
    ...stages,
    ...embedding(side(height) * side(width) * from, dim, weightOptions),
  })
}

const LENET_STAGES = [32, 64, 128]

/**
 * LeNet++ (Wen 2016, table 1): three stages of two 5x5 convolutions with 32, 64 and 128 channels, a PReLU with one
 * slope a channel after each convolution, and a 2x2 max pool; then a linear layer to `dim`, 2 in the paper, so that
 * the embedding is its own picture. The embedding itself gets no activation.  x[N,H,W,C] -> [N,D]
 */
export function lenetPlusPlus(options: Omit<NetOptions, 'dim'> & { dim?: number } = {}): layers.Layer {
  checkGiven('lenetPlusPlus', options, NET)
  const { dim, height, width, channels, tensorOptions, weightOptions } = netOf('lenetPlusPlus', options, {
    dim: 2,
    input: [28, 28, 1],
  })
  checkHalves('lenetPlusPlus', { height, width }, LENET_STAGES.length)
  const stages: Record<string, layers.Layer> = {}
  let from = channels
  LENET_STAGES.forEach((to, i) => {
    for (const half of ['a', 'b']) {
      const name = `${i + 1}${half}`
      stages[`conv${name}`] = layers.conv2d({ ...weightOptions, in: from, out: to, kernel: 5, padding: 2 })
      stages[`act${name}`] = layers.prelu({ ...tensorOptions, channels: to })
      from = to
    }
    stages[`pool${i + 1}`] = layers.maxPool2d({ kernel: 2 })
  })
  const side = (n: number) => Math.floor(n / 2 ** LENET_STAGES.length)
  return layers.sequential({
    ...stages,
    ...embedding(side(height) * side(width) * from, dim, weightOptions),
  })
}
