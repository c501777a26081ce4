/** `npm run shapes`: see options.ts for what it takes and run.ts for what it does. */
import { INTERRUPTED, onInterrupt } from '../jobs/interrupt.ts'
import { isDone } from '../jobs/job.ts'
import { lockFolder } from '../jobs/lock.ts'
import { runJobs } from '../jobs/runJobs.ts'
import { titleOf } from '../page/names.ts'
import { shapesFolder } from './folder.ts'
import { jobsOf, parseOptions } from './options.ts'
import type { Figures, Job, Run } from './run.ts'
import { table } from './table.ts'

const WORKER = new URL('./worker.ts', import.meta.url)

const options = parseOptions(process.argv.slice(2))
process.exitCode = await main()

async function main(): Promise<number> {
  try {
    lockFolder(options.out)
    // Before the runs, so that no two write a set at once.
    for (const seed of options.seeds) shapesFolder(`${options.out}/seed-${seed}`, seed)
  } catch (error) {
    console.error(`error: --out: a folder expected, got ${options.out} (${(error as Error).message})`)
    return 1
  }
  const jobs = jobsOf(options)
  const interrupted = onInterrupt()
  const { outcomes } = await runJobs<Job, { run: Run }>(jobs, {
    worker: WORKER,
    parallel: options.jobs,
    signal: interrupted,
    titleOf,
    lineOf: options.json ? figuresOf : undefined,
  })
  const runs = outcomes.filter(isDone).flatMap(({ run }) => run ?? [])
  if (!options.json && runs.length > 0) console.log(table(runs))
  if (interrupted.aborted) return INTERRUPTED
  return runs.length === jobs.length ? 0 : 1
}

function figuresOf({ loss, seed, accuracy, tail, train, ncm, seconds }: Run): Figures {
  return { loss, seed, accuracy, tail, train, ncm, seconds }
}
