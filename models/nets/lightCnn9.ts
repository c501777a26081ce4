import { checkOptions, checkSizes, type OptionNames } from '../../engine/check.ts'
import * as layers from '../layers/index.ts'
import { checkHalves, NET, type NetOptions, netOf } from './netOptions.ts'

export interface LightCnn9Options extends Omit<NetOptions, 'dim'> {
  /** D. Default 256, the paper's. */
  dim?: number
  /** Channels of the first stage, a multiple of 3. Default 48, the paper's. */
  width?: number
}

const LIGHT_CNN9 = { ...NET, width: true } satisfies OptionNames<LightCnn9Options>

/**
 * Light CNN-9 (Wu 2018, arXiv:1511.02683, table 2): a 5x5 convolution, then four groups of a 1x1 and a 3x3 convolution, with
 * 48, 96, 192, 128 and 128 channels, 2x2 max pools after all but the fourth, and a linear layer to the embedding; after each
 * the larger of two halves (`layers.maxFeatureMap`) in place of an activation. By default for grey images of 128 x 128 from
 * 0 to 1: 5,480,864 parameters, as the authors' code has. The dropout of
 * 0.7 that the paper trains with belongs to the classifier, as does the last matrix. Starts as PyTorch's layers do. Weights
 * of the authors load with `publishedNames.lightCnn9`.  x[N,H,W,C] -> [N,D]
 * Throws unless height and width are at least 16; pools drop an odd row or column, which those of the authors keep.
 */
export function lightCnn9(options: LightCnn9Options = {}): layers.Layer {
  checkOptions('lightCnn9', options, LIGHT_CNN9)
  const { width = 48, ...rest } = options
  checkSizes('lightCnn9', { width })
  if (width % 3 !== 0) throw new Error(`lightCnn9: width as a multiple of 3 expected, got ${width}`)
  const net = netOf('lightCnn9', rest, { dim: 256, input: [128, 128, 1] })
  const { dim, height, channels, weightOptions } = net
  checkHalves('lightCnn9', { height, width: net.width }, 4)
  const mfm = (filter: layers.Layer, out: number): layers.Layer =>
    layers.sequential({ filter, max: layers.maxFeatureMap({ channels: out }) })
  const conv = (from: number, to: number, kernel: number): layers.Layer => {
    const padding = (kernel - 1) / 2
    return mfm(layers.conv2d({ ...weightOptions, in: from, out: 2 * to, kernel, padding }), to)
  }
  const group = (from: number, to: number): layers.Layer =>
    layers.sequential({ conv_a: conv(from, from, 1), conv: conv(from, to, 3) })
  const pool = (): layers.Layer => layers.maxPool2d({ kernel: 2 })
  const last = (width / 3) * 8
  const side = (n: number): number => Math.floor(n / 16)
  const features = side(height) * side(net.width) * last
  return layers.sequential({
    conv1: conv(channels, width, 5),
    pool1: pool(),
    group2: group(width, 2 * width),
    pool2: pool(),
    group3: group(2 * width, 4 * width),
    pool3: pool(),
    group4: group(4 * width, last),
    group5: group(last, last),
    pool4: pool(),
    flatten: layers.flatten(),
    fc1: mfm(layers.linear({ ...weightOptions, in: features, out: 2 * dim }), dim),
  })
}
