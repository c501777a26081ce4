import type { Tensor } from '../engine/index.ts'
import type { Labels, Loss } from '../losses/loss.ts'
import type { Layer } from './layers/layer.ts'
import type { Optimizer } from './optim/optimizer.ts'
import type { Schedule } from './optim/schedule.ts'
import type { Progress, Report } from './progress.ts'
import type { Sampling } from './samplers/index.ts'
import type { Source } from './source.ts'

export interface TrainerOptions {
  net: Layer
  loss: Loss
  /** Over the net's parameters and the loss's; what is to stay as it is goes into a group of rate 0. */
  optimizer: Optimizer
  /** All training data, x[N,...] with N at least `batch`: a tensor, or what makes batches of images kept as bytes (`pixels`). */
  x: Tensor | Source
  y: Labels
  /** Samples a step. Default 64. */
  batch?: number
  /** Of the order of the samples. */
  seed: number
  /** Which samples make a batch. Default `instances()`: every sample once an epoch. */
  sampling?: Sampling
  /** Factor on the rates at each step. Default `constant()`. */
  schedule?: Schedule
  /** Bounds on each step's gradients: their common length, or each element. */
  clip?: { norm?: number; value?: number }
}

export interface RunOptions {
  /** How many to take now, after those already taken. */
  steps: number
  /** `true` draws a bar on standard error, a text is the bar's label; or what draws for you. Default false. */
  progress?: boolean | string | Progress
  /** Called after each step, and awaited; `false` ends the run. */
  onStep?: (report: Report) => unknown
}
