import {
  checkInteger,
  checkName,
  checkNumber,
  checkOptions,
  type OptionNames,
  refusal,
} from '../../engine/check.ts'
import {
  add,
  equal,
  generator,
  less,
  matmul,
  mul,
  reshape,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../../engine/index.ts'
import { checkCosine, checkRadians, shiftedLinear } from './additive.ts'
import { batchFor } from './batchFor.ts'
import { type Margin, type Scale, scaleOf, symbolOf } from './margin.ts'

export interface ElasticFaceOptions {
  /** The scale, > 0; or `norm` for ‖x‖. Default 64, over class centres `norm`. */
  s?: Scale
  /** Where the drawn margin stands: `arcFace`, ElasticFace-Arc, the default, or `cosFace`, ElasticFace-Cos. */
  base?: 'arcFace' | 'cosFace'
  /** The mean of the margins: an angle in radians, or a difference of cosines. Default 0.5, or 0.35 of cosFace. */
  m?: number
  /** Their deviation, >= 0. Default 0.05. */
  std?: number
  /** ElasticFace+: the nearer a sample, the smaller its margin of those drawn. `argsort` orders as the authors' code. Default false. */
  plus?: boolean | 'argsort'
  /** Of the draws, an integer. Default 0. */
  seed?: number
}

export const ELASTIC_FACE_OPTIONS = {
  s: ['scale'],
  base: ['type'],
  m: ['margin'],
  std: ['sigma'],
  plus: true,
  seed: ['randomState', 'randomSeed'],
} satisfies OptionNames<ElasticFaceOptions>

export const elasticFaceDefaults = { s: 64, base: 'arcFace', m: 0.5, std: 0.05, plus: false } as const

/**
 * z_y = s cos(theta_y + E), or s (cos theta_y - E), z_j = s cos theta_j, E from N(m, std^2) anew for each sample and step: ElasticFace,
 * Boutros 2022, arXiv:2109.09416. With `plus` the margins of a batch go to its samples by their cosines, the smallest to the largest.
 *
 * The draws of a step are those of `seed` and of the number of updates: the same on every backend, and after a checkpoint. Past theta + E = pi it
 * is ArcFace's `linear`; the authors' code (fdbtrs/ElasticFace) lets the cosine rise again. There the sorted margins are taken by the order of the
 * argsort, in place of the rank of each sample: `plus: 'argsort'`. Throws on options outside their ranges.
 */
export function elasticFaceMargin(options: ElasticFaceOptions = {}): Margin {
  const op = 'elasticFace'
  checkOptions(op, options, ELASTIC_FACE_OPTIONS)
  const { s = elasticFaceDefaults.s, base = elasticFaceDefaults.base } = options
  checkName(op, 'base', base, ['arcFace', 'cosFace'])
  const arc = base === 'arcFace'
  const { m = arc ? elasticFaceDefaults.m : 0.35, std = elasticFaceDefaults.std } = options
  const { plus = elasticFaceDefaults.plus, seed = 0 } = options
  const checkM = arc ? checkRadians : checkCosine
  checkM(op, 'm', m)
  checkNumber(op, 'std', std, 0)
  if (typeof plus !== 'boolean' && plus !== 'argsort')
    throw refusal(op, 'plus as true, false or argsort', plus)
  checkInteger(op, 'seed', seed)
  const z = symbolOf(s)
  return {
    equation: `z_y = ${z} ${arc ? 'cos(theta_y + E)' : '(cos theta_y - E)'}, z_j = ${z} cos theta_j, E from N(m, std^2)`,
    ...scaleOf(op, s),
    unitW: true,
    counted: true,
    psi(angle, _, batch) {
      const { cosTheta } = angle
      const drawn = margins(cosTheta.shape[0], { m, std, seed, t: batchFor(op, batch).t })
      if (plus) drawn.sort()
      const each = tensor(drawn, {
        shape: [drawn.length, 1],
        dtype: cosTheta.dtype,
        backend: cosTheta.backend,
      })
      const own = plus ? byRank(each, stopGradient(cosTheta), plus === 'argsort') : each
      return arc ? shiftedLinear(angle, own) : sub(cosTheta, own)
    },
    nonsmoothAt: arc ? [-1, 1] : [],
  }
}

/** The margins of a step, N of them. */
export function margins(
  n: number,
  { m, std, seed, t }: { m: number; std: number; seed: number; t: number },
): Float64Array {
  // Each step has a stream of its own: bits above the 31 of the seed tell them apart.
  const rng = generator(generator(seed).seed() + (t % 2 ** 21) * 2 ** 31)
  return Float64Array.from({ length: n }, () => m + std * rng.normal())
}

/**
 * Of sorted e[N,1] each sample has the one of its rank by falling cosine, the first of equals first; or, as the authors' argsort, the
 * sample i has the one of the place i of the sample of rank i.  e[N,1] cosTheta[N,1] -> [N,1]
 */
function byRank(e: Tensor, cosTheta: Tensor, argsort: boolean): Tensor {
  const n = e.shape[0]
  const place = { dtype: e.dtype, backend: e.backend }
  const column = reshape(cosTheta, [n, 1])
  const row = reshape(cosTheta, [1, n])
  const earlier = tensor(
    Float64Array.from({ length: n * n }, (_, at) => Number(at % n < Math.floor(at / n))),
    { shape: [n, n], ...place },
  )
  const before = add(less(column, row), mul(equal(column, row), earlier))
  const rank = sum(before, { axis: 1, keepDims: true })
  const ranks = tensor(
    Float64Array.from({ length: n }, (_, k) => k),
    { shape: [1, n], ...place },
  )
  return matmul(equal(rank, ranks), e, { transposeA: argsort })
}
