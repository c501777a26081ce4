import type { Table } from '../page/tables.ts'
import type { Run } from './results.ts'
import { rowOf } from './rows.ts'

/** Means over the seeds of a loss; of the times of a step the least, since other work of the machine adds to them. */
export interface Means {
  readonly loss: string
  readonly own: readonly Run[]
  readonly accuracy: number
  readonly tail: number
  readonly train: number
  readonly ncm: number
  readonly mAP: number
  readonly tar: number
  readonly stepMs: number
  readonly peakBytes: number
}

const FIGURES = ['accuracy', 'tail', 'train', 'ncm', 'mAP', 'tar', 'peakBytes'] as const

/** A row a loss, the best first. */
export function meansOf(runs: readonly Run[]): Means[] {
  const losses = [...new Set(runs.map(run => run.loss))]
  return losses
    .map((loss): Means => {
      const own = runs.filter(run => run.loss === loss)
      const mean = (key: (typeof FIGURES)[number]) =>
        own.reduce((total, run) => total + run[key], 0) / own.length
      const figures = Object.fromEntries(FIGURES.map(key => [key, mean(key)]))
      const stepMs = Math.min(...own.map(run => run.stepMs))
      return { loss, own, ...(figures as Record<(typeof FIGURES)[number], number>), stepMs }
    })
    .sort((a, b) => b.accuracy - a.accuracy)
}

/** After a name: classified by the nearest class mean, since there is nothing else. */
export const BY_MEAN = '*'

const percent = (share: number): string => (100 * share).toFixed(1)

/** Shares in percent, the accuracy of each seed behind its mean. */
export function lossesTable(runs: readonly Run[], name: (loss: string) => string = loss => loss): Table {
  return {
    heads: [
      'loss',
      'accuracy',
      'four rarest',
      'nearest mean',
      'open set: mAP',
      'TAR at 1 %',
      'trained on',
      'ms a step',
      'MB',
      'net’s rate',
      'weights’',
      'accuracy by seed',
    ],
    rows: meansOf(runs).map(row => {
      const [{ lr, times }] = row.own
      return [
        `${name(row.loss)}${rowOf(row.loss).byMean ? BY_MEAN : ''}`,
        ...[row.accuracy, row.tail, row.ncm, row.mAP, row.tar, row.train].map(percent),
        row.stepMs.toFixed(1),
        (row.peakBytes / 1e6).toFixed(1),
        String(lr),
        times === undefined ? '–' : `x ${times}`,
        row.own.map(run => (100 * run.accuracy).toFixed(0)).join(' '),
      ]
    }),
  }
}

/** The same in Markdown. */
export function table(runs: readonly Run[]): string {
  const { heads, rows } = lossesTable(runs, loss => `\`${loss}\``)
  return [heads, heads.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')
}
