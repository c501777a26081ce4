import { partsOf } from './names.ts'

/** How the lines of a loss are drawn; `dash` is an SVG stroke-dasharray. */
export interface LineStyle {
  readonly color: string
  readonly dash: string
}

/** Colours of Okabe and Ito (2008), and a wine of Tol (2021), told apart with any kind of colour blindness, light or dark around them. */
export const PALETTE = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#a89f00',
  '#888888',
  '#882255',
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
  'sphereFaceR',
]

export const LEARNED_DASH = '4 4'

/** A loss has the colour of its margin; class centres are drawn solid and learned prototypes dashed. */
export function styleOf(loss: string): LineStyle {
  const { ir, family } = partsOf(loss)
  return { color: PALETTE[FAMILIES.indexOf(family)] ?? 'currentColor', dash: ir ? 'none' : LEARNED_DASH }
}

/** Classes from the largest: the head in cool colours, the four of the tail in warm ones. */
const HEAD = ['#0072b2', '#56b4e9', '#009e73', '#7a7fd0', '#3aa7a3', '#8a8f98']
const TAIL = ['#e69f00', '#cc79a7', '#d55e00', '#a0522d']

export function classColor(j: number, classes: number): string {
  const back = classes - 1 - j
  return back < TAIL.length ? TAIL[TAIL.length - 1 - back] : HEAD[j % HEAD.length]
}
