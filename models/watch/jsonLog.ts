import { checkFunction, checkSynchronous, refusal } from '../../engine/check.ts'
import type { Report } from '../train/progress.ts'

/**
 * A log of JSON lines, one a step, as an `onStep`: `run({ steps, onStep: jsonLog(line => appendFileSync('run.jsonl', line)) })`. A line is
 * the report (`step`, `loss`, `lr`, `samples`, ..) and what `more` gives for it; `pull` and `push` are lists. A run that goes on
 * from a checkpoint writes the steps after it again: of two lines of one step the later counts. Throws where `more` gives a promise
 * or another `step`.
 */
export function jsonLog(
  write: (line: string) => void,
  more?: (report: Report) => object,
): (report: Report) => void {
  checkFunction('jsonLog', 'write', write)
  if (more !== undefined) checkFunction('jsonLog', 'more', more)
  return report => {
    const found: { readonly step?: unknown } | undefined = more?.(report)
    checkSynchronous('jsonLog', found, 'more')
    if (found?.step !== undefined && found.step !== report.step)
      throw refusal('jsonLog', `step ${report.step} left to the report by more`, found.step)
    write(`${JSON.stringify({ ...report, ...found, step: report.step }, lists)}\n`)
  }
}

/** Typed arrays as lists. */
const lists = (_: string, value: unknown): unknown =>
  ArrayBuffer.isView(value) && !(value instanceof DataView) ? Array.from(value as Float32Array) : value
