/** Training on glyphs: `npm run glyph-reid`. See options.ts for what it takes and run.ts for what it does. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { INTERRUPTED, onInterrupt } from '../../jobs/interrupt.ts'
import { isDone, type Outcome, unfinishedOf } from '../../jobs/job.ts'
import { jsonLines } from '../../jobs/jsonLines.ts'
import { type Listener, runAll } from '../../jobs/pool.ts'
import { progressOf } from '../../jobs/progress.ts'
import { writeWhole } from '../../jobs/writeWhole.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { loadGlyphs } from '../glyphs/load.ts'
import { report } from '../report/report.ts'
import { ledgerIn } from './ledger.ts'
import { jobsOf, type Options, parseOptions } from './options.ts'
import { partsOf } from './parts.ts'
import { type Job, lineOf, type Result } from './results.ts'
import { table, titleOf } from './table.ts'

const WORKER = new URL('./worker.ts', import.meta.url)

process.exitCode = await main(parseOptions(process.argv.slice(2)))

async function main(options: Options): Promise<number> {
  try {
    mkdirSync(options.out, { recursive: true })
    const set = loadGlyphs()
    const jobs = jobsOf(options, partsOf(set, options).train.length)
    return await train(options, set, jobs)
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    return 1
  }
}

async function train(options: Options, set: GlyphSet, jobs: Job[]): Promise<number> {
  const ledger = ledgerIn(join(options.out, 'runs.jsonl'))
  const before = options.resume ? jobs.flatMap(job => ledger.find(job) ?? []) : []
  const left = jobs.filter(job => !before.some(outcome => outcome.job === job))
  // Bars would draw over the lines of JSON where both go to one terminal.
  const bars = process.stderr.isTTY && !(options.json && process.stdout.isTTY)
  const progress = progressOf(left, { bars, titleOf })
  const interrupted = onInterrupt()
  const print = jsonLines<Job, Result>(jobs, lineOf)
  if (options.json) before.forEach(print)
  const listener: Listener<Job, Result> = {
    ...progress,
    ended(outcome) {
      progress.ended(outcome)
      if (isDone(outcome)) ledger.add(outcome)
      if (options.json) print(outcome)
    },
  }
  const ran = await runAll(left, {
    worker: WORKER,
    args: [join(options.out, 'checkpoints'), options.resume ? 'resume' : 'afresh'],
    parallel: options.jobs,
    listener,
    signal: interrupted,
  })
  progress.stop()
  const outcomes = [...before, ...ran].sort((a, b) => jobs.indexOf(a.job) - jobs.indexOf(b.job))
  write(options, set, jobs, outcomes)
  const runs = outcomes.flatMap(({ run }) => run ?? [])
  if (!options.json && runs.length > 0) console.log(table(runs))
  const done = outcomes.filter(isDone).length
  const kind = done < jobs.length ? `partial report (${done} of ${jobs.length} runs done)` : 'report'
  console.error(`${kind}: ${join(options.out, 'index.html')}`)
  return interrupted.aborted ? INTERRUPTED : done < jobs.length ? 1 : 0
}

function write({ out }: Options, set: GlyphSet, jobs: Job[], outcomes: Outcome<Job, Result>[]): void {
  const { loss, seed, ...job } = jobs[0]
  const runs = outcomes.flatMap(({ run }) => run ?? [])
  const unfinished = outcomes.filter(({ run }) => run === undefined).map(unfinishedOf)
  const short = outcomes.filter(outcome => outcome.run && !isDone(outcome))
  const partial = [
    ...short.map(
      ({ job, step }) => `${titleOf(job.loss)}, seed ${job.seed} (stopped at step ${step} of ${job.steps})`,
    ),
    ...unfinished.map(u => `${titleOf(u.loss)}, seed ${u.seed} (${u.error ?? `step ${u.step}`})`),
  ]
  writeWhole(join(out, 'results.json'), `${JSON.stringify({ job, partial, runs })}\n`)
  writeWhole(join(out, 'index.html'), report(runs, set, { job, partial }))
}
