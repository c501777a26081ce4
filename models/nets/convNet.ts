import * as layers from '../layers/index.ts'
import type { NetOptions } from './smallNet.ts'

const STAGES = [16, 32, 64]

/**
 * Three stages of a 3x3 convolution with 16, 32 and 64 channels, batch norm, ReLU and a 2x2 max pool, and a linear layer:
 * the net of the runs with many identities. Starts as PyTorch's layers do.  x[N,H,W,C] -> [N,D]
 */
export function convNet({ dim, input = [28, 28, 1], ...options }: NetOptions): layers.Layer {
  const [height, width, channels] = input
  const { dtype, backend } = options
  const stages: Record<string, layers.Layer> = {}
  let from = channels
  STAGES.forEach((to, i) => {
    // Batch norm takes a bias away again.
    stages[`conv${i + 1}`] = layers.conv2d({
      ...{ ...options, in: from, out: to, kernel: 3, padding: 1 },
      bias: false,
    })
    stages[`bn${i + 1}`] = layers.batchNorm({ channels: to, dtype, backend })
    stages[`act${i + 1}`] = layers.relu()
    stages[`pool${i + 1}`] = layers.maxPool2d({ kernel: 2 })
    from = to
  })
  const side = (n: number): number => Math.floor(n / 2 ** STAGES.length)
  return layers.sequential({
    ...stages,
    flatten: layers.flatten(),
    fc: layers.linear({ ...options, in: side(height) * side(width) * from, out: dim }),
  })
}
