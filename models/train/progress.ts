import { refusal } from '../../engine/check.ts'
import type { TypedArray } from '../../engine/index.ts'

/** What is known after a step. */
export interface Report {
  /** Steps taken since the beginning, this one included. */
  step: number
  loss: number
  /** The optimiser's rate at this step. */
  lr: number
  /** How many samples the step was on. */
  samples: number
  /** How long it waited for samples that a source reads ahead (`imageStream`), in milliseconds. */
  waited?: number
  /**
   * The most bytes of the backend's memory that were in use at once in this step, training data, parameters and the
   * optimiser's state among them; looked at as each tensor is made. Where the backend counts: wasm and the GPU do.
   */
  peakBytes?: number
  /** With `forces`, of each class [C]: how strongly its own samples pull its prototype, and all others push it. */
  pull?: TypedArray
  push?: TypedArray
}

/** What shows how a run gets on: hand one to `run` to draw it yourself. */
export interface Progress {
  /** `last` is the number of the last step, `done` how many were taken before. */
  start(last: number, done: number): void
  update(report: Report): void
  stop(): void
}

const FORMAT = '{label}[{bar}] {value}/{total} | loss {loss} | lr {lr} | {rate} steps/s{data} | {left} left'

/**
 * A bar on standard error: loss, learning rate, steps a second, time left. Where standard error is no terminal, as in CI and
 * containers, a line of the same at the start, at each tenth of the run, after 10 s of silence, and at the end; outside
 * Node, nothing. `label` stands before it.
 */
export async function progressBar(label: string | boolean): Promise<Progress | undefined> {
  if (typeof label !== 'string' && typeof label !== 'boolean') {
    throw refusal('progressBar', 'a label, or true or false,', label)
  }
  const node = typeof process === 'object' && typeof process.versions?.node === 'string'
  if (label === false || !node) return undefined
  if (!process.stderr.isTTY) {
    return drawn(
      label === true ? 'step ' : `${label} `,
      asLines(line => process.stderr.write(`${line}\n`)),
    )
  }
  // Loaded only here: the module needs Node, and this one does not.
  const { SingleBar } = (await import('cli-progress')).default
  // linewrap null: a run that is killed leaves the terminal as it was.
  const bar = new SingleBar({ format: FORMAT, barsize: 24, stream: process.stderr, linewrap: null })
  return drawn(label === true ? '' : `${label} `, bar)
}

interface Shown {
  readonly label: string
  readonly loss: string
  readonly lr: string
  readonly rate: string
  /** Images a second, and how long the run waited for them, where a source reads ahead. */
  readonly data: string
  readonly left: string
}

/** The part of a bar of cli-progress that is used. */
interface Bar {
  start(total: number, done: number, shown: Shown): void
  update(step: number, shown: Partial<Shown>): void
  stop(): void
}

function drawn(label: string, bar: Bar): Progress {
  let [began, before, last, samples, waited] = [0, 0, 0, 0, 0]
  return {
    start(total, done) {
      began = performance.now()
      before = done
      last = total
      samples = 0
      waited = 0
      bar.start(total, done, { label, loss: '-', lr: '-', rate: '-', data: '', left: '-' })
    },
    update(report) {
      const { step, loss, lr } = report
      const seconds = (performance.now() - began) / 1000
      const rate = (step - before) / seconds
      samples += report.samples
      waited += report.waited ?? 0
      const shown = { loss: loss.toFixed(4), lr: lr.toPrecision(3), rate: rate.toFixed(1) }
      const images = `${(samples / seconds).toFixed(0)} images/s, waited ${(waited / 1000).toFixed(1)} s for them`
      const data = report.waited === undefined ? '' : ` | ${images}`
      bar.update(step, { ...shown, data, left: clock((last - step) / rate) })
    },
    stop: () => bar.stop(),
  }
}

/** The last report is said even when the run ends before its last step. */
export function asLines(write: (line: string) => void): Bar {
  let due: (step: number) => boolean
  let [head, total] = ['', 0]
  let unsaid: string | undefined
  return {
    start(last, done, { label }) {
      ;[head, total, due] = [label, last, pace(last, done)]
      write(`${head}${done}/${total}`)
    },
    update(step, { loss, lr, rate, data = '', left }) {
      unsaid = `${head}${step}/${total} | loss ${loss} | lr ${lr} | ${rate} steps/s${data} | ${left} left`
      if (due(step)) this.stop()
    },
    stop() {
      if (unsaid !== undefined) write(unsaid)
      unsaid = undefined
    },
  }
}

/** 75 seconds as 1:15. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const two = (n: number): string => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

interface PaceOptions {
  /** Into how many parts the way is cut. Default 10. */
  readonly parts?: number
  /** Milliseconds after which there is a line all the same. Default 10 s. */
  readonly silence?: number
}

/**
 * When to say how a run gets on where no bar can be drawn: told each step from `done` to `last`, answers `true` as a part of
 * the way is done, the last among them, and where nothing was said for a while.
 */
export function pace(
  last: number,
  done = 0,
  { parts = 10, silence = 10_000 }: PaceOptions = {},
): (step: number) => boolean {
  let [reached, said] = [0, performance.now()]
  return step => {
    const part = Math.floor((parts * (step - done)) / (last - done))
    const now = performance.now()
    if (part <= reached && now - said < silence) return false
    ;[reached, said] = [part, now]
    return true
  }
}
