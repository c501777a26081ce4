import { generator, type Tensor, tensor } from '../../engine/index.ts'
import type { AnyLossOptions } from '../../losses/index.ts'
import { adam, smallNet, Trainer, warmupCosine } from '../../models/index.ts'
import type { Images } from './images.ts'
import { createLoss, protocolOptions } from './losses.ts'
import type { Job } from './results.ts'
import { type Part, type Split, splitDigits } from './split.ts'

const RATE = 2e-3
const WARM_UP = 50
const BATCH = 64

/**
 * Protocol P1: a small net learns long-tailed digits by one loss. Everything random comes from the job's seed, so
 * that two losses of one seed see the same images in the same order and start from the same net. Computes on the
 * backend that is set. `options` are the loss's own, for those who want others than the protocol's.
 */
export function training(
  lists: readonly Images[],
  job: Omit<Job, 'backend'>,
  options: Partial<AnyLossOptions> = protocolOptions(job.loss),
): { split: Split; trainer: Trainer } {
  const split = splitDigits(lists, job.seed, job.imbalance)
  // Streams of their own: the net must not start from the numbers that drew the split.
  const seeds = generator(job.seed)
  const net = smallNet({ dim: job.dim, seed: seeds.seed() })
  const loss = createLoss(job.loss, { classes: lists.length, dim: job.dim, seed: seeds.seed() }, options)
  const trainer = new Trainer({
    net,
    loss,
    optimizer: adam([{ parameters: net.parameters }, { parameters: loss.parameters }], { lr: RATE }),
    x: images(split.train),
    y: split.train.y,
    batch: BATCH,
    seed: seeds.seed(),
    schedule: warmupCosine({ warmup: WARM_UP, steps: job.steps }),
  })
  return { split, trainer }
}

/** As the net takes them.  [N,28,28,1] */
export const images = ({ x, y }: Part): Tensor => tensor(x, { shape: [y.length, 28, 28, 1] })
