import { setBackend, startBackend } from '../../../engine/index.ts'
import { bySize, embed, pixels } from '../../../models/index.ts'
import type { OnStep } from '../../jobs/serve.ts'
import type { GlyphSet } from '../glyphs/glyphSet.ts'
import { Along } from './along.ts'
import { checkpointOf } from './checkpoint.ts'
import { classifierOf } from './classifier.ts'
import { classFigures, closed, openSet } from './evaluate.ts'
import { matchesOf } from './matches.ts'
import { partsOf } from './parts.ts'
import type { Job, Result } from './results.ts'
import { training } from './training.ts'

export interface RunOptions {
  /** Hears of each step; `false` ends the training. */
  readonly onStep?: OnStep
  /** Where to leave a checkpoint at the end of each epoch and of the training. Default: none are left. */
  readonly checkpoints?: string
  /** Go on from the job's checkpoint, if there is one. */
  readonly resume?: boolean
}

/** A net learns the training images of the protocol by one loss, and is judged on the others. */
export async function run(set: GlyphSet, job: Job, options: RunOptions = {}): Promise<Result> {
  const began = performance.now()
  setBackend(await startBackend(job.backend))
  const parts = partsOf(set, job)
  const { trainer, variant, classes, y, sizes, retraining } = training(set, parts.train, job)
  const { net, loss } = trainer
  const embedded = (images: Int32Array) => embed(net, pixels(set.images, { of: images }))

  const along = new Along(job.steps)
  const everything = { trainer, along }
  const checkpoint = options.checkpoints === undefined ? undefined : checkpointOf(options.checkpoints, job)
  if (options.resume) checkpoint?.restore(everything)
  const before = along.seconds
  let since = performance.now()
  await trainer.run({
    steps: job.steps - trainer.steps,
    async onStep({ step, loss }) {
      along.curve.add(step, loss)
      const goOn = options.onStep?.(step, loss) ?? true
      const epochEnds = step % (job.steps / job.epochs) === 0
      const judge = job.evaluateEvery > 0 && step % job.evaluateEvery === 0
      if (goOn && !epochEnds && !judge) return true
      along.seconds += (performance.now() - since) / 1000
      if (judge) {
        const { rank1, map } = await openSet(embedded(parts.p1), set, parts.p1)
        along.evaluations.push([step, rank1, map])
      }
      if (epochEnds || !goOn) await checkpoint?.save(everything)
      since = performance.now()
      return goOn
    },
  })

  const test = { x: embedded(parts.closed), y: classes.of(parts.closed) }
  const train = { x: embedded(parts.train), y }
  const judged = await closed(await classifierOf(variant, loss, train, retraining), train, test, sizes)
  const x1 = embedded(parts.p1)
  const x2 = embedded(parts.p2)
  const { loss: name, protocol, net: netName, dim, seed } = job
  return {
    run: {
      loss: name,
      protocol,
      net: netName,
      dim,
      seed,
      p1: await openSet(x1, set, parts.p1),
      p2: await openSet(x2, set, parts.p2),
      closed: judged.figures,
      angle: bySize(judged.angles, sizes),
      classes: classFigures(classes.names, sizes, judged.angles),
      curve: along.curve.points,
      evaluations: along.evaluations,
      matches: await matchesOf(x2, set, parts.p2),
      steps: trainer.steps,
      trainSeconds: rounded(along.seconds),
      seconds: rounded(before + (performance.now() - began) / 1000),
    },
  }
}

const rounded = (seconds: number): number => Math.round(1000 * seconds) / 1000
