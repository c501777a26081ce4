import type { EmbeddingLoss } from '../../losses/loss.ts'
import { centerDefaults } from '../../losses/prototypes/centerOptions.ts'
import { ESTIMATORS, type Estimator, type Rates } from '../../losses/prototypes/estimators.ts'
import type { AnyLossOptions } from '../../losses/row.ts'
import { TORCH_ESTIMATORS } from './estimators.ts'
import { indented, literal } from './python.ts'

/** Where the weights of a loss come from, in Python. */
export interface PrototypeText {
  /** An expression: W[C,D], or W[C K,D] with sub-centres. */
  readonly W: string
  /** The centres c[N,D] to which `pull` pulls each sample: an expression of W and column. */
  readonly own: string
  /** Lines that call `methods`, before the loss or after it. */
  readonly update: readonly string[]
  readonly after: boolean
  /** Added to the logits of the classes: an expression, [C]. */
  readonly added?: string
  /** Methods of the loss. */
  readonly methods: readonly string[]
  readonly constants?: Readonly<Record<string, ArrayLike<number>>>
}

const OF_W = 'W[column]'
const LEARNED: PrototypeText = { W: 'self.W', own: OF_W, update: [], after: false, methods: [] }
const MOVES = ['self.move(x.detach(), y)']

/** Of a loss over learned weights, or over what its options put in their place. */
export function learnedText(options: AnyLossOptions): PrototypeText {
  const { subCenters = 1, blend = false, centerBlend, queue } = options
  if (queue !== undefined) {
    return {
      ...LEARNED,
      W: 'self.features.clone()',
      update: ['self.follow(x.detach(), y)'],
      added: 'self.left_out()',
      methods: [followText(queue), LEFT_OUT],
    }
  }
  if (subCenters > 1) {
    return { ...LEARNED, update: ['self.count(x.detach(), y)'], methods: [countText(subCenters)] }
  }
  if (centerBlend !== undefined) {
    const { sizes, k = 50 } = centerBlend
    const centers = movingText('ema', { ...NO_RATES, alpha: 0.3, cumulativeMean: true })
    return {
      ...LEARNED,
      W: 'F.normalize(self.share * F.normalize(self.W) + (1 - self.share) * F.normalize(self.centers))',
      update: MOVES,
      after: true,
      methods: [centers],
      constants: { share: Array.from(sizes, n => n / (n + k)) },
    }
  }
  if (blend !== false) {
    const { lambda = 0.15, maxAge = 200 } = blend === true ? {} : blend
    return {
      ...LEARNED,
      W: `self.blended(${literal(lambda)}, ${maxAge})`,
      update: ['self.keep(x.detach(), y)'],
      after: true,
      methods: [BLENDED, keepText(maxAge)],
    }
  }
  return LEARNED
}

/** Of a loss over class centres. */
export function centersText(loss: EmbeddingLoss, options: AnyLossOptions): PrototypeText {
  const { estimator = centerDefaults.estimator, subtractMean = true, learnedSteps = 0 } = options
  const rule: Estimator = ESTIMATORS[estimator]
  const method = movingText(estimator, {
    alpha: options.alpha ?? rule.alpha ?? 1,
    cumulativeMean: options.cumulativeMean ?? false,
    batchMean: options.batchMean ?? false,
    momentum: options.momentum ?? 0,
    window: options.window ?? 8,
  })
  const W = subtractMean ? 'F.normalize(self.centers - self.centers.mean(0))' : 'self.centers.clone()'
  const centers: PrototypeText = {
    W,
    own: 'self.centers[y]',
    update: loss.refreshEvery > 0 ? [] : MOVES,
    after: loss.updateAfter === true,
    methods: [method],
  }
  if (learnedSteps === 0) return centers
  const learned = `self.t <= ${learnedSteps}`
  return {
    ...centers,
    // A gradient of 0, as every process waits for one.
    W: `self.W if ${learned} else ${W} + 0 * self.W`,
    own: `(self.W if ${learned} else self.centers)[y]`,
  }
}

const NO_RATES: Omit<Rates, 'alpha'> = { cumulativeMean: false, batchMean: false, momentum: 0, window: 8 }

/** How class centres follow the embeddings; by the estimator `exact` those of all samples, which every process has. */
function movingText(estimator: keyof typeof ESTIMATORS, rates: Rates): string {
  const lines = TORCH_ESTIMATORS[estimator](rates)
  const whole = estimator === 'exact'
  return `@torch.no_grad()
def move(self, x, y):
    """${whole ? 'The centres become the means of all embeddings.' : 'The centres follow the embeddings of all processes.'}"""
    ${whole ? 'z = F.normalize(x)' : 'z, y = F.normalize(gathered(x)), gathered(y)'}
    counts = torch.bincount(y, minlength=len(self.centers)).to(z.dtype)[:, None]
    sums = torch.zeros_like(self.centers).index_add_(0, y, z)
    there = counts > 0
${indented(lines, 1)}`
}

/** W has K rows for each class. */
const countText = (K: number): string => `@torch.no_grad()
def count(self, x, y):
    """To which of the ${K} prototypes of its class each sample is nearest."""
    own = F.normalize(self.W.view(-1, ${K}, self.W.shape[1])[y], dim=2)
    nearest = (own * F.normalize(x)[:, None]).sum(2).argmax(1)
    row = gathered(${K} * y + nearest)
    self.wins.index_add_(0, row, torch.ones(len(row)).to(self.wins))`

const BLENDED = `def blended(self, share, max_age):
    """Each weight with a share of the latest feature of its class, if that is not older than max_age steps."""
    share = share * (self.age < max_age)
    return F.normalize((1 - share) * F.normalize(self.W) + share * self.features)`

const keepText = (maxAge: number): string => `@torch.no_grad()
def keep(self, x, y):
    """The latest feature of each class, among those of all processes."""
    z, y = F.normalize(gathered(x)), gathered(y)
    self.age.add_(1).clamp_(max=${maxAge})
    latest = {label: i for i, label in enumerate(y.tolist())}
    own, last = list(latest), list(latest.values())
    self.features[own], self.age[own] = z[last], 0`

const followText = (size: number): string => `@torch.no_grad()
def follow(self, x, y):
    """The latest feature of each class, and the labels of the last ${size} samples, of all processes."""
    z, y = F.normalize(gathered(x)), gathered(y)
    if len(y) > ${size}:
        raise ValueError(f'queue: at least the {len(y)} samples of a step of all processes expected, got ${size}')
    latest = {label: i for i, label in enumerate(y.tolist())}
    self.features[list(latest)] = z[list(latest.values())]
    self.labels = (self.labels + y.tolist())[-${size}:]`

const LEFT_OUT = `def left_out(self):
    """Far below all logits, for the classes that are not in the queue."""
    out = torch.full((len(self.features),), -1e30).to(self.features)
    out[self.labels] = 0
    return out`
