import { checkFinite, checkOptions, type OptionNames } from '../../engine/check.ts'
import { div, neg, sub } from '../../engine/index.ts'
import { checkCosine } from './additive.ts'
import type { Margin } from './margin.ts'

export interface UniFaceOptions {
  /** The scale, > 0. Default 64. */
  s?: number
  /** The margin, a difference of cosines, 0 to 2. Default 0.4. */
  m?: number
  /** What each other class counts, > 0; the own one counts 1. Default 1. */
  l?: number
}

export const UNI_FACE_OPTIONS = {
  s: ['scale'],
  m: ['margin'],
  l: ['lambda', 'negativeWeight'],
} satisfies OptionNames<UniFaceOptions>

export const uniFaceDefaults = { s: 64, m: 0.4, l: 1 } as const

/**
 * ln(1 + e^-z_y) + l sum_{j != y} ln(1 + e^z_j), z_y = s (cos theta_y - m) + b, z_j = s cos theta_j + b: the unified cross-entropy of
 * UniFace, Zhou 2023, ICCV. One b is learned for all, -ln(10 C) at first: `threshold`, -b / s, is a cosine above the cosines with all other
 * classes and below those with the own one, for the open set too.
 *
 * The authors' code (CVI-SZU/UniFace) writes b with the other sign, and clips z to [-s, s]; here nothing is clipped. Throws on options outside
 * their ranges.
 */
export function uniFaceMargin(options: UniFaceOptions = {}): Margin {
  const op = 'uniFace'
  checkOptions(op, options, UNI_FACE_OPTIONS)
  const { s = uniFaceDefaults.s, m = uniFaceDefaults.m, l = uniFaceDefaults.l } = options
  checkFinite(op, 's', s)
  checkCosine(op, 'm', m)
  checkFinite(op, 'l', l)
  return {
    equation: 'z_y = s (cos theta_y - m) + b, z_j = s cos theta_j + b, decided class by class',
    s,
    unitX: true,
    unitW: true,
    psi: ({ cosTheta }) => sub(cosTheta, m),
    binary: {
      positive: 1,
      negative: l,
      bias: classes => -Math.log(10 * classes),
      threshold: b => neg(div(b, s)),
    },
    nonsmoothAt: [],
  }
}
