import { existsSync, readFileSync } from 'node:fs'
import { writeThrough } from '../../models/node/writeWhole.ts'
import type { AnyJob, AnyResult, Outcome } from './job.ts'

/** The runs that were done, a line of JSON each, {job, run, ..}. */
export interface Ledger<Job extends AnyJob, Result extends AnyResult> {
  /** The newest result of that job. */
  find(job: Job): Outcome<Job, Result> | undefined
  add(outcome: Outcome<Job, Result>): void
}

type Entry<Job, Result> = { readonly job: Job } & Result

/**
 * The ledger in that file. Nothing is ever taken out of it; a line that was cut off by a crash does not count. JSON has null
 * in place of NaN: `isNumber` says of which keys the value is a number. Default all. Throws, with the file and the reason, where it cannot
 * be read.
 */
export function ledgerIn<Job extends AnyJob, Result extends AnyResult>(
  path: string,
  isNumber: (key: string) => boolean = () => true,
): Ledger<Job, Result> {
  const revive = (key: string, value: unknown): unknown =>
    value === null && isNumber(key) ? Number.NaN : value
  const parsed = (line: string): Entry<Job, Result> | undefined => {
    try {
      return line === '' ? undefined : JSON.parse(line, revive)
    } catch {
      return undefined
    }
  }
  const results = new Map<string, Result>()
  for (const line of linesOf(path)) {
    const entry = parsed(line)
    if (entry === undefined) continue
    const { job, ...result } = entry
    results.set(JSON.stringify(job), result as unknown as Result)
  }
  return {
    find(job) {
      const result = results.get(JSON.stringify(job))
      return result && ({ job, step: result.run.steps, ...result } as Outcome<Job, Result>)
    },
    // A line of its own even after half a line.
    add: ({ step, ...entry }) => append(path, `\n${JSON.stringify(entry)}\n`),
  }
}

function linesOf(path: string): string[] {
  try {
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  } catch (error) {
    throw new Error(`${path}: not read: ${(error as Error).message}`, { cause: error })
  }
}

function append(path: string, text: string): void {
  try {
    writeThrough(path, text, 'a')
  } catch (error) {
    throw new Error(`${path}: not written: ${(error as Error).message}`, { cause: error })
  }
}
