import {
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  isRecord,
  type OptionNames,
  refusal,
} from '../../engine/check.ts'
import type { Report } from '../train/progress.ts'
import { encodeEvent, type What } from './events.ts'
import { histogramOf } from './histogram.ts'
import { tfRecord } from './tfRecord.ts'

export interface EventLogOptions {
  /** Where the run goes on from, `trainer.steps`: TensorBoard drops what an earlier file of the folder has after it. Default 0. */
  step?: number
  /** How often `onStep` writes, in steps. Default 1. */
  every?: number
  /** The time, in seconds since 1970. Default the clock's. */
  now?: () => number
}

const KNOWN = { step: true, every: true, now: true } satisfies OptionNames<EventLogOptions>

/** Writes events that TensorBoard shows; a `step` is the number of steps taken. */
export interface EventLog {
  /** What `run` calls: writes `loss`, `lr` and, where the report has them, `peakBytes` and `waited`. */
  readonly onStep: (report: Report) => void
  scalars(values: Readonly<Record<string, number>>, step: number): void
  /** `bins` of one width, default 30, as many as TensorBoard shows. Throws on values that are not finite. */
  histogram(tag: string, values: ArrayLike<number>, step: number, bins?: number): void
}

/**
 * A log of a run in TensorBoard's event format: each call hands `write` the bytes to append to the file, whose name has `tfevents` in it
 * (`eventFileName`). Each run of a folder is shown as a curve.
 *
 *     const file = `runs/first/${eventFileName()}`
 *     const log = eventLog(bytes => appendFileSync(file, bytes), { step: trainer.steps })
 *     await trainer.run({ steps: 100, onStep: log.onStep })
 *
 * A file is begun by each call of `eventLog`. Numbers are kept as float32; one that is not finite is written as it is.
 */
export function eventLog(write: (bytes: Uint8Array) => void, options: EventLogOptions = {}): EventLog {
  checkFunction('eventLog', 'write', write)
  checkOptions('eventLog', options, KNOWN)
  const { step: start = 0, every = 1, now = seconds } = options
  checkInteger('eventLog', 'step', start, 0)
  checkInteger('eventLog', 'every', every, 1)
  checkFunction('eventLog', 'now', now)
  const event = (step: number, what: What): void => write(tfRecord(encodeEvent(now(), step, what)))
  event(0, { version: 'brain.Event:2' })
  if (start > 0) event(start + 1, { restart: true })

  function scalars(values: Readonly<Record<string, number>>, step: number): void {
    if (!isRecord(values)) throw refusal('eventLog.scalars', 'values as an object of numbers', values)
    checkInteger('eventLog.scalars', 'step', step, 0)
    for (const [name, value] of Object.entries(values)) {
      if (typeof value !== 'number') throw refusal('eventLog.scalars', `${name} as a number`, value)
    }
    event(step, { scalars: values })
  }

  return {
    scalars,
    onStep({ step, loss, lr, peakBytes, waited }) {
      if (step % every !== 0) return
      scalars(
        { loss, lr, ...(peakBytes !== undefined && { peakBytes }), ...(waited !== undefined && { waited }) },
        step,
      )
    },
    histogram(tag, values, step, bins = 30) {
      const op = 'eventLog.histogram'
      if (typeof tag !== 'string') throw refusal(op, 'a tag as a text', tag)
      checkInteger(op, 'step', step, 0)
      checkInteger(op, 'bins', bins, 1)
      event(step, { tag, histogram: histogramOf(op, values, bins) })
    },
  }
}

const seconds = (): number => Date.now() / 1000

/** A name that TensorBoard takes for that of an event file; later files have later names. `time` in seconds since 1970. */
export function eventFileName(time = seconds()): string {
  checkNumber('eventFileName', 'time', time, 0, 1e10)
  return `events.out.tfevents.${time.toFixed(3).padStart(14, '0')}.ir-softmax`
}
