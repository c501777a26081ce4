import type { Generator } from '../engine/index.ts'
import { adaCosDefaults, adaCosMargin } from './margins/adaCos.ts'
import { adaFaceDefaults, adaFaceMargin } from './margins/adaFace.ts'
import { curricularFaceDefaults, curricularFaceMargin } from './margins/curricularFace.ts'
import { elasticFaceDefaults, elasticFaceMargin } from './margins/elasticFace.ts'
import { magFaceDefaults, magFaceMargin } from './margins/magFace.ts'
import type { Scale } from './margins/margin.ts'
import { mvSoftmaxDefaults, mvSoftmaxMargin } from './margins/mvSoftmax.ts'
import { sphereFace2Defaults, sphereFace2Margin } from './margins/sphereFace2.ts'
import { uniFaceDefaults, uniFaceMargin } from './margins/uniFace.ts'
import * as named from './namedAdaptive.ts'
import { type LossRow, pair } from './row.ts'

const scale = (rng: Generator): Scale => (rng.uniform() < 0.3 ? 'norm' : rng.uniform(1, 8))
const base = (rng: Generator): 'arcFace' | 'cosFace' => (rng.uniform() < 0.5 ? 'arcFace' : 'cosFace')
const sometimes = (rng: Generator): boolean => rng.uniform() < 0.3

/** The margins that bend other classes, go by the batch, or decide class by class. */
export const ADAPTIVE_ROWS: readonly LossRow[] = [
  ...pair({
    margin: 'curricularFace',
    create: named.curricularFace,
    ir: ['irCurricularFace', named.irCurricularFace],
    paper: 'Huang 2020, arXiv:2004.00288',
    ours: 'what follows past theta + m = pi by beyondPi: continuous',
    defaults: curricularFaceDefaults,
    settings: {
      paper:
        'The authors’ published code (HuangYG123/CurricularFace): s = 64, m = 0.5, t from 0, moved by 0.01 of the batch’s mean cosine.',
      why: 'As there.',
    },
    marginOf: curricularFaceMargin,
    drawn: rng => ({ s: scale(rng), m: rng.uniform(0.1, 1.5) }),
    remembered: rng => ({ t: rng.uniform(-0.5, 0.9) }),
    drawnAt: [{ title: 't = 0.5', memory: { t: 0.5 } }],
  }),
  ...pair({
    margin: 'mvSoftmax',
    create: named.mvSoftmax,
    ir: ['irMvSoftmax', named.irMvSoftmax],
    paper: 'Wang 2019, arXiv:1912.00833',
    defaults: mvSoftmaxDefaults,
    settings: {
      paper:
        'The authors’ published layer (xiaoboCASIA/SV-X-Softmax): MV-AM with s = 32, m = 0.35, t = 0.2, adaptive, and the margin only where the cosine is above 0.',
      why: 'As there, but for the margin, which counts at every angle: ask for `easyMargin`.',
    },
    marginOf: mvSoftmaxMargin,
    drawn: rng => ({
      s: scale(rng),
      base: base(rng),
      m: rng.uniform(0.1, 1),
      t: rng.uniform(0, 0.6),
      adaptive: rng.uniform() < 0.5,
      easyMargin: sometimes(rng),
    }),
  }),
  ...pair({
    margin: 'magFace',
    create: named.magFace,
    ir: ['irMagFace', named.irMagFace],
    paper: 'Meng 2021, arXiv:2103.06627',
    defaults: magFaceDefaults,
    settings: {
      paper:
        'The authors’ published run.sh (IrvingMeng/MagFace): s = 64, norms 10 to 110, margins 0.45 to 0.8, lambda_g = 35; SGD of rate 0.1, momentum 0.9, weight decay 5e-4, batch 512; easy_margin is on in their layer.',
      why: 'As there, but for easy_margin, of which the equation has nothing.',
    },
    marginOf: magFaceMargin,
    drawn: rng => ({
      s: rng.uniform(1, 8),
      la: rng.uniform(0.5, 1),
      ua: rng.uniform(2, 4),
      lMargin: rng.uniform(0, 0.4),
      uMargin: rng.uniform(0.5, 1.2),
      lambdaG: rng.uniform(0, 5),
      easyMargin: sometimes(rng),
    }),
    drawnAt: [
      { title: '‖x‖ = 10', norm: 10 },
      { title: '‖x‖ = 110', norm: 110 },
    ],
  }),
  ...pair({
    margin: 'adaFace',
    create: named.adaFace,
    ir: ['irAdaFace', named.irAdaFace],
    paper: 'Kim 2022, arXiv:2204.00964',
    ours: 'a batch of one leaves the deviation as it is',
    defaults: adaFaceDefaults,
    settings: {
      paper:
        'The authors’ published code (mk-minchul/AdaFace): s = 64, m = 0.4, h = 0.333, t_alpha 1 in the class and 0.01 in scripts that call it; angle and cosine clipped 0.001 off their ends.',
      why: 'As there with t_alpha = 0.01, without the clips, which the equation has not: ask for `clamped`.',
    },
    marginOf: adaFaceMargin,
    drawn: rng => ({
      s: rng.uniform(1, 8),
      m: rng.uniform(0.1, 0.8),
      h: rng.uniform(0.2, 0.8),
      clamped: sometimes(rng),
    }),
    remembered: rng => ({ mean: rng.uniform(1, 3), std: rng.uniform(0.5, 1.5) }),
    drawnAt: [
      { title: 'a norm far below the mean', norm: 5, memory: { mean: 20, std: 5 } },
      { title: 'the mean norm', norm: 20, memory: { mean: 20, std: 5 } },
      { title: 'a norm far above the mean', norm: 35, memory: { mean: 20, std: 5 } },
    ],
  }),
  ...pair({
    margin: 'elasticFace',
    create: named.elasticFace,
    ir: ['irElasticFace', named.irElasticFace],
    paper: 'Boutros 2022, arXiv:2109.09416',
    defaults: elasticFaceDefaults,
    settings: {
      paper:
        'The authors’ published layers (fdbtrs/ElasticFace): s = 64, ElasticFace-Arc with m = 0.5, ElasticFace-Cos with m = 0.35; deviations of 0.05 and 0.0125 stand in them.',
      why: 'Arc, with the wider deviation.',
    },
    marginOf: elasticFaceMargin,
    drawn: rng => ({
      s: scale(rng),
      base: base(rng),
      m: rng.uniform(0.1, 1),
      std: rng.uniform(0, 0.1),
      plus: sometimes(rng),
      seed: rng.seed(),
    }),
    drawnAt: [{ title: 'one draw an angle' }],
  }),
  ...pair({
    margin: 'adaCos',
    create: named.adaCos,
    ir: ['irAdaCos', named.irAdaCos],
    paper: 'Zhang 2019, arXiv:1905.00292',
    ours: 's is 1 at least',
    defaults: adaCosDefaults,
    settings: {
      paper: 'No parameters: s starts at sqrt(2) ln(C - 1) and follows the batches.',
      why: 'As there.',
    },
    marginOf: adaCosMargin,
    drawn: rng => ({ dynamic: rng.uniform() < 0.5 }),
    remembered: rng => ({ s: rng.uniform(1, 8) }),
  }),
  ...pair({
    margin: 'sphereFace2',
    create: named.sphereFace2,
    ir: ['irSphereFace2', named.irSphereFace2],
    paper: 'Wen 2022, arXiv:2108.01513',
    defaults: sphereFace2Defaults,
    settings: {
      paper:
        'The authors’ published class (ydwen/opensphere): type C, r = 40, m = 0.4, t = 3, lambda = 0.7; the loss times 50 / r, and the gradient of plain cosines.',
      why: 'As there, without the factor, which the rate has, and with the gradient of the loss itself: ask for `detached`.',
    },
    marginOf: sphereFace2Margin,
    drawn: rng => ({
      s: rng.uniform(1, 8),
      type: (['C', 'A', 'M'] as const)[rng.integer(0, 2)],
      m: rng.uniform(1, 1.5),
      t: rng.uniform(2, 4),
      lambda: rng.uniform(0.2, 0.8),
    }),
  }),
  ...pair({
    margin: 'uniFace',
    create: named.uniFace,
    ir: ['irUniFace', named.irUniFace],
    paper: 'Zhou 2023, ICCV',
    defaults: uniFaceDefaults,
    settings: {
      paper:
        'The authors’ published class (CVI-SZU/UniFace): s = 64, m = 0.4, l = 1; b = ln(10 C) at first, taken off; z clipped to [-s, s].',
      why: 'As there, without the clip.',
    },
    marginOf: uniFaceMargin,
    drawn: rng => ({ s: rng.uniform(1, 8), m: rng.uniform(0, 1), l: rng.uniform(0.2, 2) }),
  }),
]
