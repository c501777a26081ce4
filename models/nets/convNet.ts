import { checkGiven } from '../../engine/check.ts'
import * as layers from '../layers/index.ts'
import { checkHalves, NET, type NetOptions, netOf } from './netOptions.ts'

const STAGES = [16, 32, 64]

/**
 * Three stages of a 3x3 convolution with 16, 32 and 64 channels, batch norm, ReLU and a 2x2 max pool, and a linear layer:
 * the net of the runs with many identities. Starts as PyTorch's layers do.  x[N,H,W,C] -> [N,D]
 */
export function convNet(options: NetOptions): layers.Layer {
  checkGiven('convNet', options, NET)
  const { dim, height, width, channels, place, made } = netOf('convNet', options, { input: [28, 28, 1] })
  checkHalves('convNet', { height, width }, STAGES.length)
  const stages: Record<string, layers.Layer> = {}
  let from = channels
  STAGES.forEach((to, i) => {
    // Batch norm takes a bias away again.
    stages[`conv${i + 1}`] = layers.conv2d({
      ...{ ...made, in: from, out: to, kernel: 3, padding: 1 },
      bias: false,
    })
    stages[`bn${i + 1}`] = layers.batchNorm({ ...place, channels: to })
    stages[`act${i + 1}`] = layers.relu()
    stages[`pool${i + 1}`] = layers.maxPool2d({ kernel: 2 })
    from = to
  })
  const side = (n: number): number => Math.floor(n / 2 ** STAGES.length)
  return layers.sequential({
    ...stages,
    flatten: layers.flatten(),
    fc: layers.linear({ ...made, in: side(height) * side(width) * from, out: dim }),
  })
}
