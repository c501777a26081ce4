/**
 * `classSteps.ts <options as JSON>`: steps of a margin loss over many classes, embeddings given, and a line of JSON: how long one
 * takes, and how much memory the process got for them; in a process of its own.
 */
import { writeSync } from 'node:fs'
import { generator, noGrad, randn, tidy, valueAndGrad } from '../../../engine/index.ts'
import { lossByName, type SampledClasses, trainingLoss } from '../../../losses/index.ts'
import { adam, sgd } from '../../../models/index.ts'
import { now } from '../harness/clock.ts'
import { mostMemory } from '../harness/memory.ts'
import { summarize } from '../harness/statistics.ts'
import { type OursOptions, setUp } from '../ours/adapter.ts'

export interface ClassStepsOptions extends OursOptions {
  readonly loss: 'cosFace' | 'irCosFace'
  readonly optimizer: 'sgd' | 'adam'
  readonly classes: number
  readonly dim: number
  readonly batch: number
  readonly sampledClasses?: SampledClasses
  /** Of them the later half is timed: rows that steps pass over must have grown as old as they will. */
  readonly steps: number
}

export interface ClassStepsReport {
  /** Milliseconds a step. */
  readonly median: number
  readonly best: number
  /** The most memory of the process, less what it had before the loss was made. */
  readonly bytes: number
}

const options = JSON.parse(process.argv[2]) as ClassStepsOptions
setUp(options)
/** Classes of the steps before, after which all code is there. */
const FEW = 4096
train({ ...options, classes: FEW, steps: 3 })
const { rss } = process.memoryUsage()
const times = train(options)
const later = times.slice(Math.floor(times.length / 2))
const { median, best } = summarize(later)
const report: ClassStepsReport = { median, best, bytes: mostMemory().bytes! - rss }
writeSync(1, `${JSON.stringify(report)}\n`)

function train({
  loss: name,
  optimizer,
  classes,
  dim,
  batch,
  sampledClasses,
  steps,
}: ClassStepsOptions): number[] {
  const rng = generator(0)
  const loss = lossByName(name).create({
    classes,
    dim,
    s: 32,
    m: 0.2,
    ...(sampledClasses && { sampledClasses }),
  })
  const { parameters } = loss
  const moves = Object.keys(parameters).length > 0
  const moved = moves ? (optimizer === 'adam' ? adam : sgd)(parameters, { lr: 0.01 }) : undefined
  return Array.from({ length: steps }, () => {
    const y = Int32Array.from({ length: batch }, () => rng.integer(0, classes - 1))
    const start = now()
    tidy(() => {
      const x = randn([batch, dim], rng)
      const { value, grads } = noGrad(() =>
        valueAndGrad(({ x }) => trainingLoss(loss, x, y), { x, ...parameters }),
      )
      const { x: _, ...rest } = grads
      moved?.step(rest)
      if (!Number.isFinite(value.item()))
        throw new Error(`${name}: a finite loss expected, got ${value.item()}`)
    })
    return now() - start
  })
}
