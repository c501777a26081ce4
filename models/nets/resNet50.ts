import {
  checkFlag,
  checkList,
  checkOptions,
  checkSizes,
  type OptionNames,
  shown,
} from '../../engine/check.ts'
import * as layers from '../layers/index.ts'
import { checkpoints } from './checkpoints.ts'
import { NET, type NetOptions, netOf } from './netOptions.ts'

export interface ResNet50Options extends Omit<NetOptions, 'dim'> {
  /** Blocks of each stage. Default [3, 4, 6, 3]. */
  blocks?: readonly number[]
  /** Channels within the blocks of the first stage, doubled in each of the others; what comes out is 32 times as many. Default 64. */
  width?: number
  /** Stride of the last stage: 1 as in re-identification, or 2 as in classification. Default 1. */
  lastStride?: 1 | 2
  /** End with the neck. Default true. */
  neck?: boolean
  /** Train with less memory and more time: each block but those of the last stage is a `layers.checkpoint`. Default false. */
  checkpoint?: boolean
}

const RESNET50 = {
  input: NET.input,
  dtype: true,
  backend: true,
  seed: NET.seed,
  rng: NET.rng,
  blocks: true,
  width: true,
  lastStride: true,
  neck: true,
  checkpoint: true,
} satisfies OptionNames<ResNet50Options>

/**
 * ResNet-50 (He 2016) for re-identification, as the "bag of tricks" has it (Luo 2019, arXiv:1903.07071): a 7x7 convolution of
 * stride 2, a max pool, four stages of blocks z = relu(g(x) + f(x)), f of 1x1, 3x3 and 1x1 convolutions, the stride at the
 * 3x3; the mean over the map; and the neck (BNNeck), a batch norm with a fixed beta, from whose output the classes are
 * told apart and images compared. The features before the neck, for a triplet loss, are those of `net.layers.base` and
 * `net.layers.pool`. D = 2048; 23,508,032 parameters without the neck, 25,557,032 with a linear layer to 1000 classes, as
 * torchvision's. Convolutions start as N(0, 2 / fanIn), without a bias. Weights of ImageNet, of torchvision or timm:
 * `loadSafetensors(net.layers.base, bytes, { names: publishedNames.resNet50, ignore: ['fc.'] })`; they are for RGB images less
 * [0.485, 0.456, 0.406], by [0.229, 0.224, 0.225]. By default for 256 x 128.  x[N,H,W,C] -> [N,D]
 */
export function resNet50(options: ResNet50Options = {}): layers.Layer {
  checkOptions('resNet50', options, RESNET50)
  const {
    blocks = [3, 4, 6, 3],
    width = 64,
    lastStride = 1,
    neck = true,
    checkpoint = false,
    ...rest
  } = options
  checkList('resNet50', 'blocks', blocks, '[3, 4, 6, 3]', 4)
  const odd = blocks.find(n => !(Number.isInteger(n) && (n as number) >= 1))
  if (odd !== undefined) throw new Error(`resNet50: blocks >= 1 expected, got ${shown(odd)}`)
  checkSizes('resNet50', { width })
  checkFlag('resNet50', 'neck', neck)
  if (lastStride !== 1 && lastStride !== 2) {
    throw new Error(`resNet50: lastStride as 1 or 2 expected, got ${shown(lastStride)}`)
  }
  const { channels, tensorOptions, weightOptions } = netOf(
    'resNet50',
    { ...rest, dim: 1 },
    { input: [256, 128, 3] },
  )
  const init = layers.kaimingNormal()
  const conv = (from: number, to: number, kernel: number, stride = 1) => {
    const padding = (kernel - 1) / 2
    return layers.conv2d({ ...weightOptions, in: from, out: to, kernel, stride, padding, bias: false, init })
  }
  const bn = (n: number) => layers.batchNorm({ ...tensorOptions, channels: n })
  const block = (from: number, within: number, to: number, stride: number): layers.Layer => {
    const branch = layers.sequential({
      conv1: conv(from, within, 1),
      bn1: bn(within),
      act1: layers.relu(),
      conv2: conv(within, within, 3, stride),
      bn2: bn(within),
      act2: layers.relu(),
      conv3: conv(within, to, 1),
      bn3: bn(to),
    })
    const same = from === to && stride === 1
    const shortcut = same ? undefined : layers.sequential({ conv: conv(from, to, 1, stride), bn: bn(to) })
    return layers.sequential({ sum: layers.residual({ branch, shortcut }), act: layers.relu() })
  }
  const again = checkpoints('resNet50', checkpoint, blocks.length)
  const stages: Record<string, layers.Layer> = {}
  let from = width
  blocks.forEach((count, i) => {
    const within = width * 2 ** i
    const stride = i === 0 ? 1 : i === blocks.length - 1 ? lastStride : 2
    const steps: Record<string, layers.Layer> = {}
    for (let b = 1; b <= count; b++) {
      steps[`block${b}`] = again(i, block(from, within, 4 * within, b === 1 ? stride : 1))
      from = 4 * within
    }
    stages[`layer${i + 1}`] = layers.sequential(steps)
  })
  const base = layers.sequential({
    conv1: conv(channels, width, 7, 2),
    bn1: bn(width),
    act1: layers.relu(),
    maxpool: layers.maxPool2d({ kernel: 3, stride: 2, padding: 1 }),
    ...stages,
  })
  return layers.sequential({
    base,
    pool: layers.globalAvgPool(),
    ...(neck && { bottleneck: layers.batchNorm({ ...tensorOptions, channels: from, fixBeta: true }) }),
  })
}
