import { checkSizesOfClasses } from '../../../losses/imbalance.ts'

export interface UncertaintyOptions {
  /** The margin of a class of endlessly many images, >= 0. Default 0.2. */
  readonly base?: number
  /** How much of the angle is added, >= 0. Default 0.25. */
  readonly share?: number
  /** sigma / ‖mu‖, how far one image lies from its class's true centre, across it, >= 0. Default 1.2. */
  readonly spread?: number
}

/**
 * m_j = base + share atan(spread / sqrt(n_j)): a margin that grows with the angle by which the mean of n_j images misses
 * the class's true centre. sizes[C] -> [C], in radians for `arcFace`, taken as differences of cosines by `cosFace`.
 *
 * The mean of n_j images is mu and noise of length sigma / sqrt(n_j), in many dimensions nearly all of it across mu:
 * the angle's tangent is spread / sqrt(n_j). 40 degrees at 2 images, as measured on glyphs, make a spread of 1.2. Ours;
 * LDAM (`ldamMargins`) has n_j^(-1/4) from a bound on the error instead. Throws where sizes or options are out of range.
 */
export function uncertaintyMargins(
  sizes: ArrayLike<number>,
  { base = 0.2, share = 0.25, spread = 1.2 }: UncertaintyOptions = {},
): Float64Array {
  checkSizesOfClasses('uncertaintyMargins', sizes)
  for (const [name, value] of Object.entries({ base, share, spread })) {
    if (!(value >= 0 && value < Infinity)) {
      throw new Error(`uncertaintyMargins: ${name} is a finite number >= 0, got ${value}`)
    }
  }
  return Float64Array.from(sizes, n => base + share * Math.atan(spread / Math.sqrt(n)))
}
