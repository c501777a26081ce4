import type { Shape } from '../../../engine/index.ts'
import type { Layout } from './layout.ts'

/**
 * What is known of the last axis between two layers. A map's is its channels, in PyTorch too. A flattened map's is H, W, C
 * here and C, H, W there, so that what is learned for each feature stands elsewhere; C alone tells where.
 */
export interface Features {
  /** What it was cut from; `input` is what the net is given, of which nothing is known. */
  readonly of: 'input' | 'map' | 'flattened' | 'vector'
  /** The channels of the map; unknown until a layer with weights tells. */
  readonly channels?: number
}

/** The layout of a tensor whose first axis is `features`: [HW C, ...] here, [C HW, ...] there. */
export function reordered(shape: Shape, { of, channels }: Features): Layout {
  const [size, ...rest] = shape
  const tail = rest.map((_, i) => i + 2)
  const c = of === 'flattened' ? channels : size
  if (c === undefined) {
    throw new Error('the channels before flatten are not known; { channels } of the input expected')
  }
  if (size % c !== 0) throw new Error(`${c} channels, as before flatten, expected to divide ${size} features`)
  return { split: [size / c, c, ...rest], order: [1, 0, ...tail], shape }
}
