import { checkList, checkSizes, type OptionNames } from '../../engine/check.ts'
import type { Chance, TensorOptions } from '../../engine/index.ts'
import { CHANCE, generatorOf } from '../../engine/random.ts'
import * as layers from '../layers/index.ts'

/** `seed` or `rng` give the first weights; default seed 0. */
export interface NetOptions extends Chance, Pick<TensorOptions, 'dtype' | 'backend'> {
  /** D, the size of an embedding. */
  dim: number
  /** Height, width and channels of an image. Default [28, 28, 1]. */
  input?: readonly [height: number, width: number, channels: number]
}

export const NET = {
  dim: ['embeddingSize', 'embeddingDim', 'features', 'out'],
  input: ['size', 'image', 'shape'],
  dtype: true,
  backend: true,
  ...CHANCE,
} satisfies OptionNames<NetOptions>

interface Defaults {
  readonly input: NonNullable<NetOptions['input']>
  readonly dim?: number
}

/** A square image of at least so many places a side, channels first, is no row of pixels with as many channels. */
const LEAST = 20

/** The sizes of a net, checked, and what its layers are made with. */
export function netOf(op: string, options: Partial<NetOptions>, defaults: Defaults) {
  const { dim = defaults.dim as number, input = defaults.input, dtype, backend, seed, rng } = options
  checkSizes(op, { dim })
  checkList(op, 'input', input, '[height, width, channels]', 3)
  const [height, width, channels] = input
  checkSizes(op, { height, width, channels })
  if ((height === 1 || height === 3) && width === channels && width >= LEAST) {
    throw new Error(
      `${op}: input as [height, width, channels] expected, got [${input}], did you mean [${width}, ${channels}, ${height}]?`,
    )
  }
  const tensorOptions = { dtype, backend }
  return {
    dim,
    height,
    width,
    channels,
    tensorOptions,
    weightOptions: { ...tensorOptions, rng: generatorOf(op, { seed, rng }, 0) },
  }
}

/** Throws on an image of which nothing is left when it was halved so often. */
export function checkHalves(op: string, sides: Readonly<Record<string, number>>, times: number): void {
  for (const [name, n] of Object.entries(sides)) {
    if (n < 2 ** times) throw new Error(`${op}: ${name} of at least ${2 ** times} expected, got ${n}`)
  }
}

/** The end of a net: maps of height x width x channels flattened, and a linear layer to the embedding. */
export const embedding = (
  features: number,
  dim: number,
  options: Omit<layers.LinearOptions, 'in' | 'out'>,
) => ({
  flatten: layers.flatten(),
  fc: layers.linear({ ...options, in: features, out: dim }),
})
