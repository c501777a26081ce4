import { setBackend, startBackend } from '../../engine/index.ts'
import {
  anglesBetween,
  classMeans,
  closedSet,
  embed,
  meanOver,
  nearestClassMean,
  predict,
  smallestClasses,
} from '../../models/index.ts'
import { Curve } from '../jobs/curve.ts'
import { readDigits } from './digits.ts'
import { type ClassFigures, END, type Job, type Points, type Run } from './results.ts'
import { images, training } from './training.ts'

/** Points on a curve of the loss, at most. */
const CURVE = 100

/** Trains as `training` says and judges what was learned. `onStep` may end the training early by `false`. */
export async function run(
  job: Job,
  onStep: (step: number, loss: number) => boolean = () => true,
): Promise<{ run: Run; points?: Points }> {
  const began = performance.now()
  setBackend(await startBackend(job.backend))
  const { split, trainer } = training(readDigits(), job)
  const { train, test, digits, sizes } = split
  const { net, loss } = trainer
  const curve = new Curve(Math.ceil(job.steps / CURVE))
  await trainer.run({
    steps: job.steps,
    onStep: report => {
      curve.add(report.step, report.loss)
      return onStep(report.step, report.loss)
    },
  })

  const [known, unknown] = [embed(net, images(train)), embed(net, images(test))]
  const centres = classMeans(known, train.y, digits.length)
  const byLogits = closedSet(await predict(loss, unknown), test.y, digits.length)
  const byMeans = closedSet(await nearestClassMean(unknown, centres), test.y, digits.length)
  const angles = await anglesBetween(loss.prototypes, centres)
  const tail = smallestClasses(sizes, END)
  const head = smallestClasses(sizes, sizes.length).slice(-END)
  const [w, c] = [await loss.prototypes.data(), await centres.data()]
  const row = (values: ArrayLike<number>, j: number): number[] =>
    Array.from({ length: job.dim }, (_, k) => values[j * job.dim + k])
  const classes = digits.map(
    (digit, j): ClassFigures => ({
      digit,
      trainSize: sizes[j],
      testSize: test.y.filter(label => label === j).length,
      accuracy: byLogits.byClass[j],
      ncm: byMeans.byClass[j],
      angle: angles[j],
      prototype: row(w, j),
      centre: row(c, j),
    }),
  )
  const result: Run = {
    loss: job.loss,
    seed: job.seed,
    accuracy: byLogits.balanced,
    tail: meanOver(byLogits.byClass, tail),
    ncm: byMeans.balanced,
    angleHead: meanOver(angles, head),
    angleTail: meanOver(angles, tail),
    seconds: Math.round(performance.now() - began) / 1000,
    steps: trainer.steps,
    classes,
    curve: curve.points,
  }
  return job.dim === 2 ? { run: result, points: { x: await unknown.data(), y: test.y } } : { run: result }
}
