import type { Progress, Report } from './progress.ts'

/** How long a run may keep the event loop waiting, in milliseconds. */
const PATIENCE = 50

interface Run {
  /** Takes a step, and tells of it. */
  step(): Promise<Report>
  /** Steps taken so far, and how many are enough. */
  taken(): number
  last: number
  bar?: Progress
  onStep?: (report: Report) => unknown
}

/** Takes steps until there were enough or `onStep` says `false`; other events get their turn in between. */
export async function takeSteps({ step, taken, last, bar, onStep }: Run): Promise<Report | undefined> {
  let report: Report | undefined
  let rested = performance.now()
  bar?.start(last, taken())
  try {
    while (taken() < last) {
      report = await step()
      bar?.update(report)
      if ((await onStep?.(report)) === false) break
      if (performance.now() - rested > PATIENCE) {
        await new Promise(resolve => setTimeout(resolve))
        rested = performance.now()
      }
    }
  } finally {
    bar?.stop()
  }
  return report
}
