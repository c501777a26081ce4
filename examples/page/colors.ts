import { partsOf } from './names.ts'

/** How the lines of a loss are drawn; `dash` is an SVG stroke-dasharray. */
export interface LineStyle {
  readonly color: string
  readonly dash: string
}

/** Colours of Okabe and Ito (2008), told apart with any kind of colour blindness, light or dark around them. */
export const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#a89f00',
  '#888888',
]

const FAMILIES = [
  'normFace',
  'cosFace',
  'softmax',
  'arcFace',
  'sphereFace',
  'lSoftmax',
  'combinedMargin',
  'centerLoss',
]

export const LEARNED_DASH = '4 4'

/** A loss has the colour of its margin; class centres are drawn solid and learned prototypes dashed. */
export function styleOf(loss: string): LineStyle {
  const { ir, family } = partsOf(loss)
  return { color: PALETTE[FAMILIES.indexOf(family)] ?? 'currentColor', dash: ir ? 'none' : LEARNED_DASH }
}
