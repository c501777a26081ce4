import { MultiBar, type SingleBar } from 'cli-progress'
import { clock, pace } from '../../models/train/progress.ts'
import { type AnyJob, type AnyResult, isDone, type Outcome } from './job.ts'

type Stream = NodeJS.WriteStream

/** On a stream that is no terminal: runs are many, and a line of each fifth is enough. */
const PACE = { parts: 5, silence: 60_000 }
const FORMAT = '{title} [{bar}] {value}/{total} | {rest}'

interface Pace {
  readonly began: number
  /** Whether a line is to be said. */
  readonly due: (step: number) => boolean
}

interface ProgressOptions {
  readonly bars: boolean
  /** Of a loss. */
  readonly titleOf: (loss: string) => string
}

/** Shows on standard error how each run gets on: as bars, for a terminal, or in a few plain lines. */
export function progressOf(jobs: readonly AnyJob[], { bars, titleOf }: ProgressOptions) {
  const label = ({ loss, seed, unit }: AnyJob): string =>
    unit === undefined ? `${titleOf(loss)}, seed ${seed}:` : `${unit}, part ${seed + 1} of ${jobs.length}:`
  const paces = new Map<AnyJob, Pace>()
  const show = (bars ? asBars : asLines)(process.stderr, label)
  let ended = 0
  return {
    started(job: AnyJob): void {
      paces.set(job, { began: performance.now(), due: pace(job.steps, 0, PACE) })
      show.started(job)
    },
    step(job: AnyJob, step: number, loss: number): void {
      const own = paces.get(job)
      if (own === undefined) return
      const rate = (1000 * step) / (performance.now() - own.began)
      const left = clock((job.steps - step) / rate)
      const parts = [
        ...(job.unit === undefined ? [`loss ${Number.isNaN(loss) ? '-' : loss.toFixed(3)}`] : []),
        `${rate.toFixed(1)} ${job.unit ?? 'steps'}/s`,
        `${left} left`,
      ]
      show.step(job, step, parts, own)
    },
    ended(outcome: Outcome<AnyJob, AnyResult>): void {
      const { job, run, error, step } = outcome
      ended++
      const how =
        run && isDone(outcome)
          ? `done in ${clock(run.seconds)}`
          : error === undefined
            ? `stopped at step ${step} of ${job.steps}`
            : `failed at step ${step}: ${error}`
      show.ended(job, `${label(job)} ${how} (${ended} of ${jobs.length})\n`)
    },
    stop: (): void => show.stop(),
  }
}

type Label = (job: AnyJob) => string

function asBars(stream: Stream, label: Label) {
  const multi = new MultiBar({ format: FORMAT, barsize: 20, stream, clearOnComplete: true, hideCursor: true })
  const running = new Map<AnyJob, SingleBar>()
  return {
    started(job: AnyJob): void {
      const title = label(job).padEnd(26)
      running.set(job, multi.create(job.steps, 0, { title, rest: '-' }))
    },
    step: (job: AnyJob, step: number, parts: readonly string[]): void =>
      running.get(job)?.update(step, { rest: parts.join(' | ') }),
    ended(job: AnyJob, text: string): void {
      const bar = running.get(job)
      if (bar !== undefined) multi.remove(bar)
      multi.log(text)
      multi.update()
    },
    stop: (): void => multi.stop(),
  }
}

function asLines(stream: Stream, label: Label) {
  return {
    started: (job: AnyJob): void => void stream.write(`${label(job)} started\n`),
    step(job: AnyJob, step: number, parts: readonly string[], { due }: Pace): void {
      if (!due(step) || step === job.steps) return
      stream.write(`${label(job)} ${step}/${job.steps}, ${parts.join(', ')}\n`)
    },
    ended: (_: AnyJob, text: string): void => void stream.write(text),
    stop: (): void => {},
  }
}
