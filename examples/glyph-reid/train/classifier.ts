import { generator, matmul, normalize, type Tensor } from '../../../engine/index.ts'
import {
  adjustedLogits,
  type Loss,
  marginSoftmax,
  scaledWeights,
  tauNormalized,
} from '../../../losses/index.ts'
import { softmaxMargin } from '../../../losses/margins/margin.ts'
import { adam, classAware, classMeans, layers, Trainer, warmupCosine } from '../../../models/index.ts'
import { createLoss, scaleOf, type Training, type Variant } from './losses.ts'

/** What test images are classified with. */
export type Classifier = Pick<Loss, 'prototypes' | 'logits' | 'logitsInBlocks'>

export interface Labelled {
  readonly x: Tensor
  /** Classes of the loss. */
  readonly y: Int32Array
}

export interface Retraining extends Training {
  readonly batch: number
  /** Of learned prototypes. */
  readonly lr: number
  readonly seed: number
}

/** The classifier of a variant after training: the loss's own, trained anew, with other lengths of w, or adjusted. */
export async function classifierOf(
  variant: Variant,
  loss: Loss,
  train: Labelled,
  options: Retraining,
): Promise<Classifier> {
  const { retraining, tauNorm, posthoc } = variant
  const made = retraining === 'none' ? loss : await RETRAINED[retraining](variant, loss, train, options)
  if (tauNorm === 0 && posthoc === 0) return made
  const { prototypes, logits } = made
  const W = tauNorm > 0 ? tauNormalized(prototypes, tauNorm) : prototypes
  const plain = tauNorm > 0 ? (x: Tensor) => matmul(x, W, { transposeB: true }) : logits
  const { sizes } = options
  return {
    prototypes: W,
    logits: posthoc > 0 ? x => adjustedLogits(plain(x), { sizes, tau: posthoc }) : plain,
  }
}

type Retrain = (variant: Variant, loss: Loss, train: Labelled, options: Retraining) => Promise<Classifier>

const RETRAINED: Readonly<Record<Exclude<Variant['retraining'], 'none'>, Retrain>> = {
  crt: retrained,
  lws: rescaled,
  means: meansOf,
}

/** cRT: prototypes from a new start, learned by the same loss on the embeddings as they are. */
async function retrained(variant: Variant, _: Loss, { x, y }: Labelled, options: Retraining): Promise<Loss> {
  const seeds = generator(options.seed)
  const [dim, classes] = [x.shape[1], options.sizes.length]
  const plain: Variant = {
    ...variant,
    weights: 'learned',
    reweighting: 'none',
    tau: 0,
    pull: 0,
    neck: 'none',
  }
  const loss = createLoss(plain, { classes, dim, seed: seeds.seed() }, options)
  return trained(loss, { x, y }, options, seeds.seed())
}

/** LWS: a factor for each logit, learned on the embeddings as they are. */
async function rescaled(
  { loss: name }: Variant,
  { prototypes }: Loss,
  { x, y }: Labelled,
  options: Retraining,
): Promise<Classifier> {
  // s cos theta_j as an inner product: there f_j would be left out with the lengths.
  const s = scaleOf(name)
  const W = s === undefined ? prototypes : normalize(prototypes).mul(s)
  const input = (x: Tensor): Tensor => (s === undefined ? x : normalize(x))
  const [classes, dim] = W.shape
  const loss = marginSoftmax('lws', softmaxMargin(), scaledWeights('lws', W), { classes, dim })
  await trained(loss, { x: input(x), y }, options, options.seed)
  return { prototypes: loss.prototypes, logits: x => loss.logits(input(x)) }
}

/** s cos(x, c_j), c the exact class means; s is 1 where the loss leaves the lengths of x and w_j free. */
async function meansOf(
  { loss: name }: Variant,
  _: Loss,
  { x, y }: Labelled,
  { sizes }: Retraining,
): Promise<Classifier> {
  const prototypes = normalize(classMeans(x, y, sizes.length))
  const s = scaleOf(name) ?? 1
  return { prototypes, logits: x => matmul(normalize(x), prototypes, { transposeB: true }).mul(s) }
}

/** An epoch on batches with every class alike, the net left out. */
async function trained(
  loss: Loss,
  { x, y }: Labelled,
  { batch, lr, stepsAnEpoch: steps }: Retraining,
  seed: number,
): Promise<Loss> {
  const net = layers.sequential({})
  const optimizer = adam(loss.parameters, { lr })
  const schedule = warmupCosine({ steps })
  const trainer = new Trainer({ net, loss, optimizer, x, y, batch, seed, sampling: classAware(), schedule })
  await trainer.run({ steps })
  return loss
}
