/**
 * `memory.ts <options as JSON>`: trains and writes, a line of JSON each, how much memory the process has; in a process
 * of its own. The event loop gets no turn in between, as in a user's plain loop: what waits for one is not freed.
 */
import { writeSync } from 'node:fs'
import { stepCase } from '../cases/step.ts'
import { type OursOptions, setUp } from '../ours/adapter.ts'
import { training } from '../ours/step.ts'

export interface MemoryOptions extends OursOptions {
  readonly classes: number
  readonly steps: number
  readonly tidy: boolean
}

export interface MemoryReport {
  readonly step: number
  /** Milliseconds a step since the start. */
  readonly ms: number
  /** MiB resident: now, and the most ever. */
  readonly now: number
  readonly most: number
  /** MiB of it that V8 holds for JavaScript's objects, garbage among them. */
  readonly heap: number
}

const options = JSON.parse(process.argv[2]) as MemoryOptions
const EVERY = 20

setUp(options)
const { step, stepWithoutTidy } = training(stepCase(options.classes))
const begin = performance.now()
for (let i = 1; i <= options.steps; i++) {
  const value = options.tidy ? step() : stepWithoutTidy()
  if (!Number.isFinite(value)) throw new Error(`memory: a finite loss expected, got ${value} at step ${i}`)
  if (i % EVERY !== 0 && i !== options.steps) continue
  const { rss, heapTotal } = process.memoryUsage()
  const report: MemoryReport = {
    step: i,
    ms: (performance.now() - begin) / i,
    now: rss / 2 ** 20,
    most: process.resourceUsage().maxRSS / 2 ** 10,
    heap: heapTotal / 2 ** 20,
  }
  writeSync(1, `${JSON.stringify(report)}\n`)
}
