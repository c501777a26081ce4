/** `steps.ts <options as JSON>`: a loss's step beside CosFace's, in turns, as one line of JSON. */
import {
  type Backend,
  generator,
  noGrad,
  parameter,
  randn,
  tidy,
  valueAndGrad,
} from '../../../engine/index.ts'
import { withPeak } from '../../../engine/peak.ts'
import { type EmbeddingLoss, trainingLoss } from '../../../losses/index.ts'
import { type Optimizer, sgd } from '../../../models/index.ts'
import { now } from '../harness/clock.ts'
import { summarize } from '../harness/statistics.ts'
import { type OursOptions, setUp } from '../ours/adapter.ts'
import { BASE, type Candidate, candidates, SAMPLES, SIZES } from './candidates.ts'

export interface StepsOptions extends OursOptions {
  readonly name: string
  readonly rounds: number
}

export interface StepsReport {
  /** Milliseconds a step, the best turn of each. */
  readonly ms: number
  readonly baseMs: number
  /** The median of the turns' ratios. */
  readonly ratio: number
  /** Bytes that a step has in use at once, beside what stays; and what stays: parameters, moments, state. */
  readonly peak?: number
  readonly kept?: number
}

/** Steps a turn: some 50 ms. */
const TURN = 5
/** Turns before those that count, until the compiler of this code is done with it. */
const WARM_UP = 5

interface Run {
  step(): void
  readonly kept?: number
}

/** Batches that take turns. */
const BATCHES = 16

/**
 * Forward, the gradients in the embeddings and in what the loss learns, and the move of that, at a rate of 0 and over batches in turn: a loss
 * that has learned its batch has probabilities below float32's normal numbers, and arithmetic with these takes several times as long.
 */
function runOf({ create }: Candidate, backend: Backend): Run {
  const { batch, classes, dim } = SIZES
  const rng = generator(1)
  const batches = Array.from({ length: BATCHES }, () => {
    const order = rng.permutation(classes).slice(0, batch / SAMPLES)
    return {
      x: parameter(randn([batch, dim], rng, { backend })),
      y: Array.from({ length: batch }, (_, i) => order[Math.floor(i / SAMPLES)]),
    }
  })
  const before = usedOf(backend)
  const loss = create(backend)
  const optimizer = learning(loss)
  const kept = usedOf(backend)
  let t = 0
  return {
    step: () =>
      tidy(() => {
        const { x, y } = batches[t++ % BATCHES]
        const all = { x, ...loss.parameters }
        const { value, grads } = noGrad(() => valueAndGrad(() => trainingLoss(loss, x, y), all))
        const { x: dx, ...own } = grads
        optimizer?.step(own, 1, { checked: true })
        value.item()
        dx.dataSync()
      }),
    ...(before !== undefined && { kept: kept! - before }),
  }
}

const learning = (loss: EmbeddingLoss): Optimizer | undefined =>
  Object.keys(loss.parameters).length === 0 ? undefined : sgd(loss.parameters, { lr: 0, momentum: 0.9 })

const usedOf = (backend: Backend): number | undefined => (backend as { used?: number }).used

const find = (name: string): Candidate => candidates.find(one => one.name === name) as Candidate

function turn({ step }: Run): number {
  const start = now()
  for (let i = 0; i < TURN; i++) step()
  return (now() - start) / TURN
}

const options = JSON.parse(process.argv[2]) as StepsOptions
const backend = setUp(options)
const base = runOf(find(BASE), backend)
const run = runOf(find(options.name), backend)
for (let i = 0; i < WARM_UP; i++) for (const one of [base, run]) turn(one)
const turns = Array.from({ length: options.rounds }, () => ({ of: turn(base), ms: turn(run) }))
const rest = usedOf(backend)
const { peak } = withPeak(backend, () => run.step())
const report: StepsReport = {
  ms: summarize(turns.map(({ ms }) => ms)).best,
  baseMs: summarize(turns.map(({ of }) => of)).best,
  ratio: summarize(turns.map(({ ms, of }) => ms / of)).median,
  kept: run.kept,
  ...(peak !== undefined && rest !== undefined && { peak: peak - rest }),
}
console.log(JSON.stringify(report))
