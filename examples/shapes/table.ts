import type { Figures } from './run.ts'

const COLUMNS = ['accuracy', 'tail', 'train', 'ncm'] as const
const HEADS = ['loss', 'accuracy', 'four rarest', 'training images', 'nearest class mean', 'accuracy by seed']

const percent = (share: number): string => (100 * share).toFixed(1)

/** A line a loss, the best first: means over seeds in %, and the accuracy of each seed. In Markdown. */
export function table(runs: readonly Figures[]): string {
  const losses = [...new Set(runs.map(run => run.loss))]
  const rows = losses
    .map(loss => [loss, runs.filter(run => run.loss === loss)] as const)
    .map(([loss, own]) => ({
      loss,
      own,
      means: COLUMNS.map(name => own.reduce((total, run) => total + run[name], 0) / own.length),
    }))
    .sort((a, b) => b.means[0] - a.means[0])
    .map(({ loss, own, means }) => [
      `\`${loss}\``,
      ...means.map(percent),
      own.map(run => (100 * run.accuracy).toFixed(0)).join(' '),
    ])
  return [HEADS, HEADS.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')
}
