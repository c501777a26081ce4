import type { Generator } from '../../engine/index.ts'
import type { EmbeddingLoss, LossOptions } from '../loss.ts'
import { circle } from './circle.ts'
import { contrastive } from './contrastive.ts'
import { multiSimilarity } from './multiSimilarity.ts'
import { nPair } from './nPair.ts'
import { proxyAnchor } from './proxyAnchor.ts'
import { range } from './range.ts'
import {
  sampleCircle,
  sampleContrastive,
  sampleMultiSimilarity,
  sampleOf,
  sampleProxyAnchor,
  sampleRange,
  sampleTriplet,
} from './samples.ts'
import type { PairSample } from './sampling.ts'
import { supCon } from './supCon.ts'
import { triplet } from './triplet.ts'

export interface PairLossRow {
  readonly name: string
  /** At its defaults; those without proxies take nothing of the sizes. */
  create(sizes: Omit<LossOptions, 'reduction' | 'weight'>): EmbeddingLoss
  readonly equation: string
  readonly paper: string
  /** A random case, clear of kinks, in float64. */
  sample(rng: Generator): PairSample
}

/** One row a loss of pairs: what gradient checks, tests on every backend and the docs go through. */
export const PAIR_LOSSES: readonly PairLossRow[] = [
  {
    name: 'contrastive',
    create: () => contrastive(),
    equation: '1/2 d^2 of pairs of one class, 1/2 [margin - d]_+^2 of pairs of two',
    paper: 'Hadsell 2006, CVPR',
    sample: sampleContrastive,
  },
  {
    name: 'triplet',
    create: () => triplet(),
    equation: '[margin + d(a,p) - d(a,n)]_+',
    paper: 'Schroff 2015, arXiv:1503.03832; Hermans 2017, arXiv:1703.07737',
    sample: sampleTriplet,
  },
  {
    name: 'supCon',
    create: () => supCon(),
    equation: '-mean over p of ln(e^(s_ip / tau) / sum_a e^(s_ia / tau))',
    paper: 'Khosla 2020, arXiv:2004.11362',
    sample: rng =>
      sampleOf(
        rng,
        supCon({
          temperature: rng.uniform(0.1, 1),
          anchors: (['matched', 'all'] as const)[rng.integer(0, 1)],
        }),
      ),
  },
  {
    name: 'nPair',
    create: () => nPair(),
    equation: 'ln(1 + sum_{j != i} e^(<a_i, p_j> - <a_i, p_i>))',
    paper: 'Sohn 2016, NIPS',
    sample: rng => sampleOf(rng, nPair({ l2: rng.uniform(0.1, 1) })),
  },
  {
    name: 'multiSimilarity',
    create: () => multiSimilarity(),
    equation:
      '1/alpha ln(1 + sum_p e^(-alpha (s_ip - lambda))) + 1/beta ln(1 + sum_n e^(beta (s_in - lambda)))',
    paper: 'Wang 2019, arXiv:1904.06627',
    sample: sampleMultiSimilarity,
  },
  {
    name: 'circle',
    create: () => circle(),
    equation:
      'ln(1 + sum_n e^(gamma [s_in + m]_+ (s_in - m)) sum_p e^(-gamma [1 + m - s_ip]_+ (s_ip - 1 + m)))',
    paper: 'Sun 2020, arXiv:2002.10857',
    sample: sampleCircle,
  },
  {
    name: 'range',
    create: () => range(),
    equation: 'alpha sum_j k / sum_{r <= k} 1 / D_jr + beta [margin - D]_+',
    paper: 'Zhang 2016, arXiv:1611.08976',
    sample: sampleRange,
  },
  {
    name: 'proxyAnchor',
    create: proxyAnchor,
    equation:
      '1/|P+| sum_{p in P+} ln(1 + sum_{y_i = p} e^(-alpha (s_ip - delta))) + 1/C sum_p ln(1 + sum_{y_i != p} e^(alpha (s_ip + delta)))',
    paper: 'Kim 2020, arXiv:2003.13911',
    sample: sampleProxyAnchor,
  },
]
