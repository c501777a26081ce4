import { runAlone } from '../engine/child.ts'
import { type MeasuredCase, NOBODY } from '../engine/measure.ts'
import type { OursOptions } from '../ours/adapter.ts'
import type { Line } from '../report/line.ts'
import type { ClassStepsOptions, ClassStepsReport } from './classSteps.ts'

type Row = Pick<ClassStepsOptions, 'loss' | 'optimizer'>

const RATE = 0.1
const BATCH = 128
/** Rows that are passed over are as old as they will be after some 1 / rate steps. */
const [SAMPLED_STEPS, FULL_STEPS] = [30, 4]
const LARGE = { classes: 100_000, dim: 512 }
const LARGEST = { classes: 1_000_000, dim: 128 }

/** A margin loss over many classes: steps that see a tenth of them beside steps that see all. */
export const classCases = (ours: OursOptions): MeasuredCase[] => [
  compared({ loss: 'irCosFace', optimizer: 'sgd' }, ours),
  compared({ loss: 'cosFace', optimizer: 'sgd' }, ours),
  compared({ loss: 'cosFace', optimizer: 'adam' }, ours),
  largest({ loss: 'irCosFace', optimizer: 'sgd' }, ours),
  largest({ loss: 'cosFace', optimizer: 'adam' }, ours),
]

const titleOf = ({ loss, optimizer }: Row): string => (loss === 'irCosFace' ? loss : `${loss} ${optimizer}`)

const stepsOf = (options: ClassStepsOptions): Promise<ClassStepsReport> =>
  runAlone<ClassStepsOptions, never, ClassStepsReport>('../scale/classSteps.ts', options)

function compared(row: Row, ours: OursOptions): MeasuredCase {
  const name = `C=100000 D=512 b${BATCH} ${titleOf(row)} sampled ${RATE}`
  return {
    name,
    async measure() {
      const common = { ...ours, ...row, ...LARGE, batch: BATCH }
      const sampled = await stepsOf({ ...common, sampledClasses: { rate: RATE }, steps: SAMPLED_STEPS })
      const full = await stepsOf({ ...common, steps: FULL_STEPS })
      const share = sampled.best / full.best
      const line: Line = {
        ...lineOf(name, sampled, LARGE),
        full_ms: full.best,
        full_median_ms: full.median,
        full_memory_over_w: full.bytes / bytesOf(LARGE),
        sampled_over_full: share,
      }
      return {
        lines: [line],
        text: `${textOf(line)}; all classes ${full.best.toFixed(0)} ms: ${share.toFixed(2)} x`,
      }
    },
  }
}

function largest(row: Row, ours: OursOptions): MeasuredCase {
  const name = `C=1000000 D=128 b${BATCH} ${titleOf(row)} sampled ${RATE}`
  return {
    name,
    async measure() {
      const options = { ...ours, ...row, ...LARGEST, batch: BATCH, sampledClasses: { rate: RATE } }
      const line = lineOf(name, await stepsOf({ ...options, steps: SAMPLED_STEPS }), LARGEST)
      return { lines: [line], text: textOf(line) }
    },
  }
}

const bytesOf = ({ classes, dim }: typeof LARGE): number => 4 * classes * dim

const lineOf = (name: string, { best, median, bytes }: ClassStepsReport, size: typeof LARGE): Line => ({
  name,
  ours_ms: best,
  ...NOBODY,
  ours_median_ms: median,
  w_mib: bytesOf(size) / 2 ** 20,
  memory_mib: bytes / 2 ** 20,
  memory_over_w: bytes / bytesOf(size),
})

const textOf = ({ ours_ms, memory_mib, memory_over_w }: Line): string =>
  `${(ours_ms as number).toFixed(0)} ms a step, ${(memory_mib as number).toFixed(0)} MiB: ${(memory_over_w as number).toFixed(2)} x W`
