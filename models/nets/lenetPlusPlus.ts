import { checkGiven } from '../../engine/check.ts'
import * as layers from '../layers/index.ts'
import { checkHalves, NET, type NetOptions, netOf } from './netOptions.ts'

const STAGES = [32, 64, 128]

/**
 * LeNet++ (Wen 2016, table 1): three stages of two 5x5 convolutions with 32, 64 and 128 channels, a PReLU with one
 * slope a channel after each convolution, and a 2x2 max pool; then a linear layer to `dim`, 2 in the paper, so that
 * the embedding is its own picture. The embedding itself gets no activation.  x[N,H,W,C] -> [N,D]
 */
export function lenetPlusPlus(options: Omit<NetOptions, 'dim'> & { dim?: number } = {}): layers.Layer {
  checkGiven('lenetPlusPlus', options, NET)
  const { dim, height, width, channels, place, made } = netOf('lenetPlusPlus', options, {
    dim: 2,
    input: [28, 28, 1],
  })
  checkHalves('lenetPlusPlus', { height, width }, STAGES.length)
  const stages: Record<string, layers.Layer> = {}
  let from = channels
  STAGES.forEach((to, i) => {
    for (const half of ['a', 'b']) {
      const name = `${i + 1}${half}`
      stages[`conv${name}`] = layers.conv2d({ ...made, in: from, out: to, kernel: 5, padding: 2 })
      stages[`act${name}`] = layers.prelu({ ...place, channels: to })
      from = to
    }
    stages[`pool${i + 1}`] = layers.maxPool2d({ kernel: 2 })
  })
  const side = (n: number) => Math.floor(n / 2 ** STAGES.length)
  return layers.sequential({
    ...stages,
    flatten: layers.flatten(),
    fc: layers.linear({ ...made, in: side(height) * side(width) * from, out: dim }),
  })
}
