import { partsOf } from '../names.ts'

/** Colours of Okabe and Ito (2008), told apart with any kind of colour blindness, light or dark around them. */
const FAMILIES: Readonly<Record<string, string>> = {
  normFace: '#0072b2',
  cosFace: '#d55e00',
  softmax: '#009e73',
  arcFace: '#cc79a7',
  sphereFace: '#e69f00',
  lSoftmax: '#56b4e9',
  combinedMargin: '#a89f00',
  centerLoss: '#888888',
}

/** A loss has the colour of its margin; class centres are drawn solid and learned prototypes dashed. */
export function styleOf(loss: string): { color: string; dash: string } {
  const { ir, family } = partsOf(loss)
  return { color: FAMILIES[family] ?? 'currentColor', dash: ir ? 'none' : '4 4' }
}

/** Classes from the largest: the head in cool colours, the four of the tail in warm ones. */
const HEAD = ['#0072b2', '#56b4e9', '#009e73', '#7a7fd0', '#3aa7a3', '#8a8f98']
const TAIL = ['#e69f00', '#cc79a7', '#d55e00', '#a0522d']

export function classColor(j: number, classes: number): string {
  const back = classes - 1 - j
  return back < TAIL.length ? TAIL[TAIL.length - 1 - back] : HEAD[j % HEAD.length]
}
