import { checkOptions, type OptionNames, shown } from '../../engine/check.ts'
import { randn } from '../../engine/index.ts'
import * as layers from '../layers/index.ts'
import { checkSizes } from '../layers/weighted.ts'
import { NET, type NetOptions, netOf } from './netOptions.ts'

/** Residual blocks of each stage (Liu 2017, table 2). */
const BLOCKS = { 4: [0, 0, 0, 0], 20: [1, 2, 4, 1] } as const

export interface SphereFaceNetOptions extends Omit<NetOptions, 'dim'> {
  /** How many convolutions. Default 20. */
  depth?: keyof typeof BLOCKS
  /** D. Default 512, the paper's. */
  dim?: number
  /** Channels of the first stage, doubled in each of the others. Default 64, the paper's. */
  width?: number
}

const SPHEREFACENET = {
  ...NET,
  depth: true,
  width: true,
} satisfies OptionNames<SphereFaceNetOptions>

/**
 * The residual nets of SphereFace (Liu 2017, table 2): four stages that open with a 3x3 convolution of stride 2, with 64,
 * 128, 256 and 512 channels; in the deeper one blocks z = x + prelu(conv(prelu(conv(x)))) follow; a PReLU with a slope a
 * channel after each convolution; then a linear layer. As the authors' models the convolutions of a block have no bias and
 * start as N(0, 0.01^2), the others as U(-b, b), b = sqrt(3 / fanIn).  x[N,H,W,C] -> [N,D]
 */
export function sphereFaceNet(options: SphereFaceNetOptions = {}): layers.Layer {
  checkOptions('sphereFaceNet', options, SPHEREFACENET)
  const { depth = 20, width = 64, ...rest } = options
  if (!Object.hasOwn(BLOCKS, depth)) {
    throw new Error(`sphereFaceNet: depth is ${Object.keys(BLOCKS).join(' or ')}, got ${shown(depth)}`)
  }
  checkSizes('sphereFaceNet', { width })
  const {
    dim,
    height,
    width: columns,
    channels,
    place,
    made,
  } = netOf('sphereFaceNet', rest, { dim: 512, input: [112, 96, 3] })
  const act = (to: number): layers.Layer => layers.prelu({ ...place, channels: to })
  const xavier = layers.kaimingUniform(1)
  const stages: Record<string, layers.Layer> = {}
  let from = channels
  BLOCKS[depth].forEach((blocks, i) => {
    const to = width * 2 ** i
    const open = { ...made, in: from, out: to, kernel: 3, stride: 2, padding: 1, init: xavier }
    stages[`conv${i + 1}`] = layers.conv2d(open)
    stages[`act${i + 1}`] = act(to)
    for (let b = 1; b <= blocks; b++) {
      const conv = () =>
        layers.conv2d({
          ...{ ...made, in: to, out: to, kernel: 3, padding: 1, bias: false },
          init: (shape, _, rng, more) => randn(shape, rng, { ...more, std: 0.01 }),
        })
      const branch = layers.sequential({ conv1: conv(), act1: act(to), conv2: conv(), act2: act(to) })
      stages[`block${i + 1}_${b}`] = layers.residual({ branch })
    }
    from = to
  })
  const side = (n: number): number => Math.ceil(n / 2 ** BLOCKS[depth].length)
  const features = side(height) * side(columns) * from
  return layers.sequential({
    ...stages,
    flatten: layers.flatten(),
    fc: layers.linear({ ...made, in: features, out: dim, init: xavier }),
  })
}
