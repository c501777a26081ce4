import { join } from 'node:path'
import { lossByName } from '../../losses/index.ts'
import { embedImages, imageStream, recordIo, verificationBin } from '../../models/images/index.ts'
import {
  adam,
  flip,
  inTurn,
  noise,
  pairCosines,
  Trainer,
  verificationReport,
  warmupCosine,
} from '../../models/index.ts'
import type { OnStep } from '../jobs/serve.ts'
import { SIDE } from './draw/render.ts'
import { mistakesOf } from './mistakes.ts'
import { DIMS, netOf } from './nets.ts'
import type { Job, Run } from './results.ts'

const RATE = 1e-3
/** The rate of learned weights, in rates of the net: at the net's own, those of rare classes hardly move. */
const W_RATE = 30
/** Parts of the curve. */
const POINTS = 100
const FARS = [1e-1, 1e-2, 1e-3]
const SIZE = { height: SIDE, width: SIDE }

/** Trains on `train.rec`, images decoded ahead by two threads, and verifies strangers as LFW does, flips added. */
export async function run(job: Job, onStep: OnStep): Promise<{ run: Run }> {
  const { loss: name, seed, steps, batch, rate, folder } = job
  const begin = performance.now()
  const images = recordIo(join(folder, 'train.rec'))
  const stream = imageStream(images, { size: SIZE, augment: inTurn(flip(), noise({ std: 0.02 })), seed })
  const tests = verificationBin(join(folder, 'strangers.bin'))
  try {
    const net = netOf(job.net, seed)
    const classes = stream.labels.reduce((most, label) => Math.max(most, label + 1), 0)
    const row = lossByName(name)
    const loss = row.create({
      classes,
      dim: DIMS[job.net],
      seed,
      s: 32,
      m: 0.2,
      ...(rate < 1 && { sampledClasses: { rate, seed } }),
    })
    const optimizer = adam(
      [{ parameters: net.parameters }, { parameters: loss.parameters, lr: W_RATE * RATE }],
      { lr: RATE },
    )
    const trainer = new Trainer({
      net,
      loss,
      optimizer,
      x: stream,
      y: stream.labels,
      batch,
      seed,
      schedule: warmupCosine({ warmup: Math.ceil(steps / 20), steps }),
    })
    const losses: number[] = []
    const trainBegin = performance.now()
    let [peakBytes, waited] = [0, 0]
    await trainer.run({
      steps,
      onStep(report) {
        losses.push(report.loss)
        peakBytes = Math.max(peakBytes, report.peakBytes ?? 0)
        waited += report.waited ?? 0
        return onStep(report.step, report.loss)
      },
    })
    const trainSeconds = (performance.now() - trainBegin) / 1000
    // What `verify` does; the cosines are wanted, too.
    const embedding = await embedImages(x => net(x), tests.images, { size: SIZE, flip: 'sum' })
    const cosines = await pairCosines(embedding, tests.pairs)
    const { accuracy, auc, rates } = verificationReport(cosines, tests.pairs, tests.folds, { fars: FARS })
    return {
      run: {
        loss: name,
        seed,
        accuracy: accuracy.mean,
        error: accuracy.standardError,
        auc,
        rates: rates.map(({ far, tar, allowed }) => ({ far, tar, allowed })),
        curve: meansOf(losses, POINTS),
        mistakes: mistakesOf(cosines, tests, accuracy.folds),
        trained: row.prototypes === 'learned' ? classes * DIMS[job.net] : 0,
        waited: waited / 1000,
        imagesPerSecond: (losses.length * batch) / trainSeconds,
        peakBytes,
        steps: trainer.steps,
        seconds: (performance.now() - begin) / 1000,
      },
    }
  } finally {
    await stream.close()
    await tests.images.close()
  }
}

/** Means over `parts` runs of neighbours, or the values where there are fewer. */
export function meansOf(values: readonly number[], parts: number): number[] {
  const n = Math.min(parts, values.length)
  return Array.from({ length: n }, (_, k) => {
    const part = values.slice(Math.floor((k * values.length) / n), Math.floor(((k + 1) * values.length) / n))
    return part.reduce((a, b) => a + b, 0) / part.length
  })
}
