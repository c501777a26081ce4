import { closest } from 'fastest-levenshtein'
import { shown } from '../engine/check.ts'
import type { Generator } from '../engine/index.ts'
import { ADAPTIVE_ROWS } from './adaptiveRows.ts'
import { centerLoss, centerLossDefaults, halfSquares } from './centerLoss.ts'
import { reduceLosses } from './crossEntropy.ts'
import {
  arcFaceDefaults,
  arcFaceMargin,
  type BeyondPi,
  cosFaceDefaults,
  cosFaceMargin,
  type PerClass,
} from './margins/additive.ts'
import { combinedMarginDefaults, combinedMargin as combinedMarginOf } from './margins/combinedMargin.ts'
import { normFaceDefaults, normFaceMargin, type Scale, softmaxMargin } from './margins/margin.ts'
import {
  lSoftmaxDefaults,
  lSoftmaxMargin,
  sphereFaceDefaults,
  sphereFaceMargin,
} from './margins/multiplicative.ts'
import { sphereFaceRDefaults, sphereFaceRMargin } from './margins/sphereFaceR.ts'
import * as named from './named.ts'
import { type LossRow, pair, withDefaults } from './row.ts'
import { draw, sampleReduction, sampleSizes } from './sampling.ts'

const scale = (rng: Generator): Scale => (rng.uniform() < 0.3 ? 'norm' : rng.uniform(1, 8))
/** One margin below `max` for all, or one for each class. */
const margins = (rng: Generator, classes: number, max: number): PerClass =>
  rng.uniform() < 0.5 ? rng.uniform(0, max) : Array.from({ length: classes }, () => rng.uniform(0, max))
const annealing = (rng: Generator) =>
  rng.uniform() < 0.5 ? false : { lambda0: 5, lambdaMin: rng.uniform(0, 1), gamma: 0.1 }
const beyondPi = (rng: Generator): BeyondPi => (rng.uniform() < 0.5 ? 'linear' : 'continuous')

/** One row a loss: what users choose from, and what tests, gradient checks and docs go through. */
export const LOSSES: readonly LossRow[] = [
  ...pair({
    margin: 'softmax',
    create: named.softmaxLoss,
    ir: ['irSoftmax', named.irSoftmax],
    paper: '',
    irInPaper:
      'Page 8 has its equation, <c_j, x> + b_j with a c_j of its own length; there is no experiment with it.',
    defaults: {},
    settings: {
      paper:
        'None of its own: plain cross-entropy of <w_j, x>; the papers below compare with it at their own settings.',
      why: 'Without a bias, as the margin losses have none; the option adds it.',
    },
    marginOf: softmaxMargin,
  }),
  ...pair({
    margin: 'normFace',
    create: named.normFace,
    ir: ['irNormFace', named.irNormFace],
    paper: 'Wang 2017, arXiv:1704.06369',
    ours: 's is fixed, which the paper names and does not choose',
    defaults: normFaceDefaults,
    settings: {
      paper:
        's is learned; fixed, 20 or 30 would do (section 3.3). The authors’ published layer (happynear/NormFace) starts it at 10 and gives the class weights 100 times the rate of the net. Nets are fine-tuned at rates 1e-4 and 1e-3 from a model trained with softmax and one with centre loss beside it (section 5.1).',
      why: 's is fixed, so that it needs no rate of its own; 30 is AM-Softmax’s.',
    },
    marginOf: normFaceMargin,
    drawn: rng => ({ s: scale(rng) }),
  }),
  ...pair({
    margin: 'lSoftmax',
    create: named.lSoftmax,
    ir: ['irLSoftmax', named.irLSoftmax],
    paper: 'Liu 2016, arXiv:1612.02295',
    ours: 'no annealing unless asked for',
    defaults: lSoftmaxDefaults,
    settings: {
      paper:
        'The authors’ published code on MNIST (wy1iu/LargeMargin_Softmax_Loss): m = 4, lambda = 1000 (1 + 2.5e-5 t)^-35 without a floor, and the note that MNIST needs no lambda; SGD of rate 0.1, momentum 0.9, weight decay 5e-4, batch 128.',
      why: 'm as there. No annealing: ask for it where training does not begin. Theirs is annealing: { gamma: 2.5e-5, power: 35, lambdaMin: 0 }.',
    },
    marginOf: lSoftmaxMargin,
    drawn: rng => ({ m: rng.integer(1, 5), annealing: annealing(rng) }),
  }),
  ...pair({
    margin: 'sphereFace',
    create: named.sphereFace,
    ir: ['irSphereFace', named.irSphereFace],
    paper: 'Liu 2017, arXiv:1704.08063',
    ours: 's in place of ‖x‖, an option',
    irInPaper: true,
    defaults: sphereFaceDefaults,
    settings: {
      paper:
        'm = 4, the length of x stays. The authors’ published code (wy1iu/sphereface) has lambda = max(5, 1000 / (1 + 0.12 t)), which is 5 from step 1,659 on; rate 0.1, divided by 10 at 16,000 and 24,000 of 28,000 steps, batch 256; it rescales gradients, to help convergence.',
      why: 'm as in the paper. lambda falls with gamma = 1 and is 5 from update 199 on, for trainings of a few thousand steps; theirs is annealing: { gamma: 0.12 }. Gradients are the loss’s own.',
    },
    marginOf: sphereFaceMargin,
    drawn: rng => ({ m: rng.integer(1, 5), s: scale(rng), annealing: annealing(rng) }),
  }),
  ...pair({
    margin: 'sphereFaceR',
    create: named.sphereFaceR,
    ir: ['irSphereFaceR', named.irSphereFaceR],
    paper: 'Liu 2021, arXiv:2109.05565',
    defaults: sphereFaceRDefaults,
    settings: {
      paper:
        'The authors’ published configuration on VGGFace2 (ydwen/opensphere) has their v2, which bends the other classes, with s = 60, m = 1.4; SGD of rate 0.1, momentum 0.9, weight decay 5e-4. The loss is 50 / s times the cross-entropy.',
      why: 's and m are those of their class for a fixed length of x; v1, which keeps the other classes as they are: ask for their v2 by `bent`. No factor before the loss: the rate has it.',
    },
    marginOf: sphereFaceRMargin,
    drawn: rng => ({
      s: scale(rng),
      m: rng.uniform(1, 4),
      ...(rng.uniform() < 0.3 ? { bent: 'others' as const } : { clamped: rng.uniform() < 0.5 }),
    }),
  }),
  ...pair({
    margin: 'cosFace',
    create: named.cosFace,
    ir: ['irCosFace', named.irCosFace],
    paper: 'Wang 2018, arXiv:1801.05599 and arXiv:1801.09414; m by class: Cao 2019, arXiv:1906.07413',
    irInPaper: true,
    defaults: cosFaceDefaults,
    settings: {
      paper:
        'AM-Softmax: s = 30, m = 0.35, batch 256 (the authors’ published model, happynear/AMSoftmax). CosFace: s = 64 (section 4.1), m = 0.35 (section 4.2). On CASIA-WebFace both start SGD at rate 0.1.',
      why: 'AM-Softmax’s: the smaller s is for fewer classes. With some ten classes in few dimensions take s = 16, m = 0.2.',
    },
    marginOf: cosFaceMargin,
    drawn: (rng, classes) => ({ s: scale(rng), m: margins(rng, classes, 1) }),
  }),
  ...pair({
    margin: 'arcFace',
    create: named.arcFace,
    ir: ['irArcFace', named.irArcFace],
    paper: 'Deng 2019, arXiv:1801.07698v3, equation 3; m by class: Ha 2020, arXiv:2010.05350',
    ours: 'what follows past theta + m = pi by beyondPi: continuous; linear is of public code',
    irInPaper:
      'Equation 7, said there of AM-Softmax, is cos(theta + alpha), this margin; there is no experiment with it.',
    defaults: arcFaceDefaults,
    settings: {
      paper:
        's = 64, m = 0.5 radians, 512 dimensions; SGD of rate 0.1, momentum 0.9, weight decay 5e-4, batch 512 (section 3.1). By class: 0.05 to 0.5, s = 80 (the authors’ published train.py).',
      why: 'As in the paper. With some ten classes in few dimensions take s = 16, m = 0.2.',
    },
    marginOf: arcFaceMargin,
    drawn: (rng, classes) => ({ s: scale(rng), m: margins(rng, classes, 1.5), beyondPi: beyondPi(rng) }),
  }),
  ...pair({
    margin: 'combinedMargin',
    create: named.combinedMargin,
    ir: ['irCombinedMargin', named.irCombinedMargin],
    paper: 'Deng 2019, arXiv:1801.07698v3, section 2.2, equation 4',
    ours: 'what follows past m1 theta + m2 = pi',
    irInPaper:
      'Equation 8 is cos(m1 theta - m2) - m3: m2 is taken off as printed, and added here as in Deng 2019; there is no experiment with it.',
    defaults: combinedMarginDefaults,
    settings: {
      paper:
        '(m1, m2, m3) = (1, 0.3, 0.2), CM1, and (0.9, 0.4, 0.15), CM2, among the best of many, both below ArcFace (section 3.2, table 2); s = 64 (section 3.1).',
      why: 'As in the paper: CM1, which is also the combined margin of the authors’ published configuration (deepinsight/insightface).',
    },
    marginOf: combinedMarginOf,
    drawn: rng => ({
      s: scale(rng),
      m1: [0.9, 1, 1.5, 2, 3][rng.integer(0, 4)],
      m2: rng.uniform(0, 1),
      m3: rng.uniform(0, 1),
    }),
  }),
  ...ADAPTIVE_ROWS,
  {
    name: 'centerLoss',
    margin: 'none',
    prototypes: 'classCenters',
    create: centerLoss,
    equation: '1/2 sum_i ‖x_i - c_y_i‖^2',
    paper: 'Wen 2016, ECCV, equations 2 to 4',
    ours: 'the mean over samples; the random start',
    defaults: centerLossDefaults,
    paperSettings: withDefaults(
      {
        paper:
          'alpha = 0.5, weight lambda = 0.003 (section 4.3) beside softmax, both sums over a batch of 256 (equation 5, section 4.1).',
        why: 'alpha as in the paper; the mean in place of the sum, as of softmax here, so that lambda counts the same.',
      },
      centerLossDefaults,
    ),
    sample(rng) {
      const { n, classes, dim, y } = sampleSizes(rng)
      const centers = draw(rng, [classes, dim])
      const options = sampleReduction(rng, classes)
      return {
        inputs: { x: draw(rng, [n, dim]) },
        f: ({ x }) => reduceLosses('centerLoss', halfSquares(x, centers, y), y, options),
      }
    },
  },
]

/** The row of that name. Throws on an unknown name, and says which known one is nearest. */
export function lossByName(name: string): LossRow {
  const row = LOSSES.find(loss => loss.name === name)
  if (row !== undefined) return row
  const names = LOSSES.map(loss => loss.name)
  throw new Error(
    `lossByName: one of ${names.join(', ')} expected, got ${typeof name === 'string' ? `${name}; is it ${closest(name, names)}?` : shown(name)}`,
  )
}
