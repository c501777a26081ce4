import { existsSync, readFileSync } from 'node:fs'
import type { Outcome } from '../../jobs/job.ts'
import { writeThrough } from '../../jobs/writeWhole.ts'
import type { Job, Result, Run } from './results.ts'

/** The runs that were done, a line of JSON each, {job, run}. */
export interface Ledger {
  /** The newest run of that job. */
  find(job: Job): Outcome<Job, Result> | undefined
  add(outcome: Outcome<Job, Result>): void
}

/** The ledger in that file. Nothing is ever taken out of it; a line that was cut off by a crash does not count. */
export function ledgerIn(path: string): Ledger {
  const runs = new Map<string, Run>()
  for (const line of existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []) {
    const entry = parsed(line)
    if (entry !== undefined) runs.set(JSON.stringify(entry.job), entry.run)
  }
  return {
    find(job) {
      const run = runs.get(JSON.stringify(job))
      return run && { job, step: run.steps, run }
    },
    // A line of its own even after half a line.
    add: ({ job, run }) => append(path, `\n${JSON.stringify({ job, run })}\n`),
  }
}

function append(path: string, text: string): void {
  try {
    writeThrough(path, text, 'a')
  } catch (error) {
    throw new Error(`${path}: not written: ${(error as Error).message}`, { cause: error })
  }
}

function parsed(line: string): { job: Job; run: Run } | undefined {
  try {
    // JSON has no NaN, which is what a group without classes has.
    const revive = (key: string, value: unknown): unknown =>
      value === null && key !== 'angle' ? Number.NaN : value
    return line === '' ? undefined : JSON.parse(line, revive)
  } catch {
    return undefined
  }
}
