import { closest } from 'fastest-levenshtein'
import { shown } from '../engine/check.ts'
import type { Generator } from '../engine/index.ts'
import { centerLoss, centerLossDefaults, halfSquares } from './centerLoss.ts'
import { reduceLosses } from './crossEntropy.ts'
import { arcFaceDefaults, arcFaceMargin } from './margins/arcFace.ts'
import { combinedMarginDefaults, combinedMargin as combinedMarginOf } from './margins/combinedMargin.ts'
import { cosFaceDefaults, cosFaceMargin } from './margins/cosFace.ts'
import { lSoftmaxDefaults, lSoftmaxMargin } from './margins/lSoftmax.ts'
import { normFaceDefaults, normFaceMargin, softmaxMargin } from './margins/none.ts'
import type { PerClass } from './margins/perClass.ts'
import { sphereFaceDefaults, sphereFaceMargin } from './margins/sphereFace.ts'
import * as named from './named.ts'
import { type LossRow, pair } from './row.ts'
import { draw, sampleReduction, sampleSizes } from './sampling.ts'

const scale = (rng: Generator): number => rng.uniform(1, 8)
/** One margin below `max` for all, or one for each class. */
const margins = (rng: Generator, classes: number, max: number): PerClass =>
  rng.uniform() < 0.5 ? rng.uniform(0, max) : Array.from({ length: classes }, () => rng.uniform(0, max))
const annealing = (rng: Generator) =>
  rng.uniform() < 0.5 ? false : { lambda0: 5, lambdaMin: rng.uniform(0, 1), gamma: 0.1 }
const seam = (rng: Generator) => (rng.uniform() < 0.5 ? 'linear' : 'continuous')

/** One row a loss: what users choose from, and what tests, gradient checks and docs go through. */
export const LOSSES: readonly LossRow[] = [
  ...pair({
    margin: 'softmax',
    create: named.softmaxLoss,
    ir: ['irSoftmax', named.irSoftmax],
    paper: '',
    irInPaper: true,
    defaults: {},
    marginOf: () => softmaxMargin(),
  }),
  ...pair({
    margin: 'normFace',
    create: named.normFace,
    ir: ['irNormFace', named.irNormFace],
    paper: 'Wang 2017, arXiv:1704.06369',
    ours: 's is fixed, the paper learns it',
    defaults: normFaceDefaults,
    marginOf: rng => normFaceMargin(rng && { s: scale(rng) }),
  }),
  ...pair({
    margin: 'lSoftmax',
    create: named.lSoftmax,
    ir: ['irLSoftmax', named.irLSoftmax],
    paper: 'Liu 2016, arXiv:1612.02295',
    ours: 'no annealing unless asked for',
    defaults: lSoftmaxDefaults,
    marginOf: rng => lSoftmaxMargin(rng && { m: rng.integer(1, 5), annealing: annealing(rng) }),
  }),
  ...pair({
    margin: 'sphereFace',
    create: named.sphereFace,
    ir: ['irSphereFace', named.irSphereFace],
    paper: 'Liu 2017, arXiv:1704.08063',
    ours: 's in place of ‖x‖, an option',
    irInPaper: true,
    defaults: sphereFaceDefaults,
    marginOf: rng =>
      sphereFaceMargin(
        rng && {
          m: rng.integer(1, 5),
          s: rng.uniform() < 0.5 ? scale(rng) : undefined,
          annealing: annealing(rng),
        },
      ),
  }),
  ...pair({
    margin: 'cosFace',
    create: named.cosFace,
    ir: ['irCosFace', named.irCosFace],
    paper: 'Wang 2018, arXiv:1801.05599 and arXiv:1801.09414; m by class: Cao 2019, arXiv:1906.07413',
    irInPaper: true,
    defaults: cosFaceDefaults,
    marginOf: (rng, classes = 1) => cosFaceMargin(rng && { s: scale(rng), m: margins(rng, classes, 1) }),
  }),
  ...pair({
    margin: 'arcFace',
    create: named.arcFace,
    ir: ['irArcFace', named.irArcFace],
    paper: 'Deng 2019, arXiv:1801.07698',
    ours: 'what follows past theta + m = pi; m by class',
    defaults: arcFaceDefaults,
    marginOf: (rng, classes = 1) =>
      arcFaceMargin(rng && { s: scale(rng), m: margins(rng, classes, 1.5), seam: seam(rng) }),
  }),
  ...pair({
    margin: 'combinedMargin',
    create: named.combinedMargin,
    ir: ['irCombinedMargin', named.irCombinedMargin],
    paper: 'Deng 2019, arXiv:1801.07698, section 2.2',
    ours: 'what follows past m1 theta + m2 = pi; the defaults',
    defaults: combinedMarginDefaults,
    marginOf: rng =>
      combinedMarginOf(
        rng && {
          s: scale(rng),
          m1: [0.9, 1, 1.5, 2, 3][rng.integer(0, 4)],
          m2: rng.uniform(0, 1),
          m3: rng.uniform(0, 1),
        },
      ),
  }),
  {
    name: 'centerLoss',
    margin: 'none',
    prototypes: 'classCenters',
    create: centerLoss,
    equation: '1/2 sum_i ‖x_i - c_y_i‖^2',
    paper: 'Wen 2016, ECCV, equations 2 to 4',
    ours: 'the mean over samples; the random start',
    defaults: centerLossDefaults,
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
