/**
 * `epochs.ts <options as JSON>`: trains a small net on a stream of images and writes, a line of JSON an epoch, how much memory
 * the process has; in a process of its own.
 */
import { writeSync } from 'node:fs'
import { generator } from '../../../engine/index.ts'
import { cosFace } from '../../../losses/index.ts'
import { imageFolder, imageStream, recordIo } from '../../../models/images/index.ts'
import { layers, sgd, Trainer } from '../../../models/index.ts'
import { type OursOptions, setUp } from '../ours/adapter.ts'

export interface EpochsOptions extends OursOptions {
  /** A folder, or a .rec file. */
  readonly path: string
  readonly epochs: number
  readonly workers: number
  readonly batch: number
}

export interface EpochReport {
  readonly epoch: number
  readonly images: number
  readonly seconds: number
  /** Seconds that steps waited for images. */
  readonly waited: number
  /** MiB resident: now, and the most ever. */
  readonly now: number
  readonly most: number
}

const options = JSON.parse(process.argv[2]) as EpochsOptions
const { path, epochs, workers, batch } = options
setUp(options)
const source = path.endsWith('.rec') ? recordIo(path) : imageFolder(path).train
const stream = imageStream(source, { size: { height: 112, width: 112 }, workers })
const classes = stream.labels.reduce((most, label) => Math.max(most, label), 0) + 1
const net = layers.sequential({
  pool: layers.avgPool2d({ kernel: 8 }),
  flat: layers.flatten(),
  fc: layers.linear({ in: 14 * 14 * 3, out: 32, rng: generator(0) }),
})
const loss = cosFace({ classes, dim: 32 })
const optimizer = sgd([{ parameters: net.parameters }, { parameters: loss.parameters }], { lr: 0.01 })
const trainer = new Trainer({ net, loss, optimizer, x: stream, y: stream.labels, batch })
const steps = Math.floor(stream.labels.length / batch)
for (let epoch = 1; epoch <= epochs; epoch++) {
  const begin = performance.now()
  let [waited, images] = [0, 0]
  await trainer.run({
    steps,
    onStep(report) {
      waited += report.waited!
      images += report.samples
    },
  })
  const report: EpochReport = {
    epoch,
    images,
    seconds: (performance.now() - begin) / 1000,
    waited: waited / 1000,
    now: process.memoryUsage().rss / 2 ** 20,
    most: process.resourceUsage().maxRSS / 2 ** 10,
  }
  writeSync(1, `${JSON.stringify(report)}\n`)
}
await stream.close()
