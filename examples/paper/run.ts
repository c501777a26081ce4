import { setBackend, startBackend, type Tensor } from '../../engine/index.ts'
import { meansByClass, sumsByClass } from '../../losses/labels.ts'
import { anglesBetween, classMeans, closedSet, embed, nearestClassMean, predict } from '../../models/index.ts'
import type { OnStep } from '../jobs/serve.ts'
import { readDigits } from '../long-tail/digits.ts'
import { images } from '../long-tail/training.ts'
import type { Job, Result } from './results.ts'
import { rounded, StrengthRecorder } from './strengths.ts'
import { RARE, training } from './training.ts'

/** Trains a setting and judges what was learned. `onStep` may end the training early by `false`. */
export async function run(job: Job, onStep: OnStep = () => true): Promise<Result> {
  const began = performance.now()
  setBackend(await startBackend(job.backend))
  const { split, trainer } = training(readDigits(), job)
  const { train, test, digits, sizes } = split
  const { net, loss } = trainer
  const recorder = loss.forces === undefined ? undefined : new StrengthRecorder(RARE)
  await trainer.run({
    steps: job.steps,
    forces: recorder !== undefined,
    onStep: report => {
      recorder?.add(report)
      return onStep(report.step, report.loss)
    },
  })

  const [known, unknown] = [embed(net, images(train)), embed(net, images(test))]
  const { byClass, balanced } = closedSet(await predict(loss, unknown), test.y, digits.length)
  const means = classMeans(known, train.y, digits.length)
  const nearest = closedSet(await nearestClassMean(unknown, means), test.y, digits.length)
  const angles = await anglesBetween(loss.prototypes, means)
  const weights = await rowsOf(loss.prototypes)
  const centres = await rowsOf(meansByClass(sumsByClass(known, train.y, digits.length)))
  return {
    run: {
      loss: job.loss,
      seed: job.seed,
      balanced,
      classes: digits.map(digit => ({
        trainSize: sizes[digit],
        accuracy: byClass[digit],
        ncm: nearest.byClass[digit],
        angle: angles[digit],
        weight: weights[digit],
        centre: centres[digit],
      })),
      strengths: recorder?.strengths,
      steps: trainer.steps,
      seconds: Math.round(performance.now() - began) / 1000,
    },
    points: { x: Array.from(await unknown.data(), rounded), y: Array.from(test.y) },
  }
}

/** The rows of a matrix [C,2]. */
async function rowsOf(matrix: Tensor): Promise<number[][]> {
  const values = await matrix.data()
  return Array.from({ length: matrix.shape[0] }, (_, j) => [values[2 * j], values[2 * j + 1]])
}
