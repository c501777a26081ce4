import type { PoolOptions } from '../../../../engine/index.ts'
import type { Node } from '../node.ts'

export type Pair = readonly [number, number]

/** A pair for height and width, of a line 1 before its own. */
export function pair(values: readonly number[] | undefined, otherwise: number): Pair {
  if (values === undefined || values.length === 0) return [otherwise, otherwise]
  return values.length === 1 ? [otherwise, values[0]] : [values[0], values[1]]
}
export const kernel = (node: Node): Pair => pair(node.ints('kernel_shape'), 1)
export const dilation = (node: Node): Pair => pair(node.ints('dilations'), 1)

/** How windows slide over height and width. */
export function windows(node: Node): PoolOptions {
  const pads = node.ints('pads') ?? []
  const automatic = node.text('auto_pad', 'NOTSET')
  const padding =
    automatic === 'SAME_UPPER'
      ? 'same'
      : automatic === 'SAME_LOWER'
        ? 'sameLower'
        : pads.length === 2
          ? ([[0, 0], pads] as unknown as PoolOptions['padding'])
          : pads.length === 4
            ? ([
                [pads[0], pads[2]],
                [pads[1], pads[3]],
              ] as const)
            : 0
  const ceilMode = node.flag('ceil_mode')
  return { stride: pair(node.ints('strides'), 1), padding, ...(ceilMode ? { ceilMode } : {}) }
}
