/** Classes from the largest: the head in cool colours, the four of the tail in warm ones. */
const HEAD = ['#0072b2', '#56b4e9', '#009e73', '#7a7fd0', '#3aa7a3', '#8a8f98']
const TAIL = ['#e69f00', '#cc79a7', '#d55e00', '#a0522d']

export function classColor(j: number, classes: number): string {
  const back = classes - 1 - j
  return back < TAIL.length ? TAIL[TAIL.length - 1 - back] : HEAD[j % HEAD.length]
}
