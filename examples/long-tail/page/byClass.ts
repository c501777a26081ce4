import * as Plot from '@observablehq/plot'
import { degrees } from '../../../models/index.ts'
import { styleOf } from '../../page/colors.ts'
import { svg } from '../../page/svg.ts'
import { type ClassFigures, END, type Run } from '../results.ts'
import { lossesOf } from '../summary.ts'

interface Dot {
  readonly loss: string
  readonly size: number
  readonly value: number
}

/** Narrow, for the letters to stay legible on a phone. */
const WIDTH = 540
/** Room beside the largest and the smallest class, as a factor. */
const MARGIN = 1.15

/** Mean over the seeds of a figure, loss by loss and class by class, against the class's number of images. */
function meansByClass(runs: readonly Run[], figure: (c: ClassFigures) => number): Dot[] {
  return lossesOf(runs).flatMap(loss => {
    const own = runs.filter(run => run.loss === loss)
    return own[0].classes.map((c, j) => ({
      loss,
      size: c.trainSize,
      value: own.reduce((total, run) => total + figure(run.classes[j]), 0) / own.length,
    }))
  })
}

function dotsByRun(runs: readonly Run[], figure: (c: ClassFigures) => number): Dot[] {
  return runs.flatMap(({ loss, classes }) =>
    classes.map(c => ({ loss, size: c.trainSize, value: figure(c) })),
  )
}

function overSize(
  runs: readonly Run[],
  label: string,
  figure: (c: ClassFigures) => number,
  y: Plot.ScaleOptions,
) {
  const sizes = [...new Set(runs[0].classes.map(c => c.trainSize))]
  const [low, high] = [Math.min(...sizes) / MARGIN, Math.max(...sizes) * MARGIN]
  const several = new Set(runs.map(run => run.seed)).size > 1
  const place = { x: 'size', y: 'value' } as const
  return svg(label, {
    width: WIDTH,
    height: 350,
    marginLeft: 48,
    marginBottom: 44,
    marginTop: 34,
    x: { type: 'log', reverse: true, domain: [low, high] },
    y: { grid: true, label, labelArrow: 'none', ...y },
    color: { type: 'identity' },
    marks: [
      ...tailBand(runs[0].classes, low),
      Plot.axisX(labelled(sizes), {
        // A log axis would leave out most of these.
        text: (n: number) => String(n),
        label: 'training images of the class',
        labelAnchor: 'center',
        labelArrow: 'none',
      }),
      ...(several
        ? [
            Plot.dot(dotsByRun(runs, figure), {
              ...place,
              r: 1.8,
              fill: (d: Dot) => styleOf(d.loss).color,
              fillOpacity: 0.45,
            }),
          ]
        : []),
      ...lossesOf(runs).flatMap(loss => {
        const { color, dash } = styleOf(loss)
        const own = meansByClass(runs, figure).filter(dot => dot.loss === loss)
        const fill = dash === 'none' ? color : 'var(--page)'
        return [
          Plot.line(own, { ...place, stroke: color, strokeWidth: 2.2, strokeDasharray: dash }),
          Plot.dot(own, { ...place, r: 3.6, stroke: color, strokeWidth: 2, fill }),
        ]
      }),
    ],
  })
}

/** A shade behind the tail; nothing where its classes are as large as others. */
function tailBand(classes: readonly ClassFigures[], low: number): Plot.Markish[] {
  const border = [classes.length - END - 1, classes.length - END].map(j => classes[j]?.trainSize)
  if (!(border[0] > border[1])) return []
  const high = Math.sqrt(border[0] * border[1])
  const text = {
    x: (high * low) ** 0.5,
    frameAnchor: 'top',
    dy: -16,
    fillOpacity: 0.7,
    fontStyle: 'italic',
  } as const
  return [
    Plot.rect([0], { x1: low, x2: high, fill: 'currentColor', fillOpacity: 0.07 }),
    Plot.text(['tail'], { ...text, text: (t: string) => t }),
  ]
}

/** Those far enough apart for their labels, on a log axis. */
function labelled(sizes: readonly number[]): number[] {
  const kept: number[] = []
  for (const n of sizes) if (kept.length === 0 || kept[kept.length - 1] / n > 1.2) kept.push(n)
  return kept
}

export const anglesBySize = (runs: readonly Run[]): string =>
  overSize(runs, 'degrees between prototype and centre', c => degrees(c.angle), { zero: true })

export const accuracyBySize = (runs: readonly Run[]): string =>
  overSize(runs, 'test accuracy of the class, %', c => 100 * c.accuracy, { domain: [0, 100] })
