import { generator } from '../../../engine/index.ts'
import {
  convNet,
  type Layer,
  layers,
  type ResNetOptions,
  resNet,
  type SphereFaceNetOptions,
  smallNet,
  sphereFaceNet,
} from '../../../models/index.ts'

/** What a net of the bench is made with; by default as the library makes it. */
export interface NetOptions {
  readonly input: readonly [height: number, width: number, channels: number]
  readonly checkpoint?: boolean
}

/** D of the nets that have no default. */
const DIM = 128

/** D of what is no net but a layer. */
const WIDE = 512

/** The nets of the bench, each with its public function. */
export const NETS = {
  /** A layer. */
  linear: ({ input }: NetOptions): Layer =>
    layers.sequential({
      flat: layers.flatten(),
      fc: layers.linear({ in: input[0] * input[1] * input[2], out: WIDE, rng: generator(0) }),
    }),
  smallNet: ({ input }: NetOptions): Layer => smallNet({ dim: DIM, input }),
  convNet: ({ input }: NetOptions): Layer => convNet({ dim: DIM, input }),
  /** 20 convolutions, D = 512. */
  'sphereFaceNet-20': (options: SphereFaceNetOptions): Layer => sphereFaceNet(options),
  /** As ResNet-18: four stages of two blocks, 64 channels in the first; a 3x3 stem of stride 1. */
  resNet: (options: Omit<ResNetOptions, 'dim'>): Layer =>
    resNet({ dim: 512, blocks: [2, 2, 2, 2], width: 64, ...options }),
} satisfies Record<string, (options: NetOptions) => Layer>

export type NetName = keyof typeof NETS
