import { checkFlag, type OptionNames } from '../../engine/check.ts'
import { keep, parameter, type Tensor, tensor, zeros } from '../../engine/index.ts'
import { type Generator, generatorOf } from '../../engine/random.ts'
import { checkLossOptions } from '../loss.ts'
import { checkLossName } from '../lossName.ts'
import { LEARNED_OPTIONS, type LearnedOptions, ofTensors, type Prototypes, UNMOVED } from './prototypes.ts'

export interface SimplexOptions {
  /** Fixes each w_j at a vertex of a regular simplex (`fixedSimplex`); needs dim >= classes - 1. Default false. */
  simplex?: boolean
}

export const SIMPLEX_OPTIONS = {
  simplex: ['etf', 'fixed', 'fixedSimplex'],
} satisfies OptionNames<SimplexOptions>

/**
 * w_j is the vertex j of a regular simplex around 0, and stays there: ‖w_j‖ = 1, <w_j, w_k> = -1 / (C - 1), the widest angle that C
 * vectors can have to each other. A simplex equiangular tight frame (ETF): sqrt(C / (C - 1)) (I - 1 1^T / C) U^T, U[D,C] of
 * orthonormal columns (Papyan 2020, arXiv:2008.08186; as a fixed classifier Yang 2022, arXiv:2203.09081).
 *
 * It stands in a random rotation, by `seed` or `rng`; U asks for D >= C, and the same frame is made here from D = C - 1 on. No
 * gradient trains it but that of `bias`, if there is one. Throws unless C >= 2 and D >= C - 1: there is no such frame else.
 */
export function fixedSimplex(op: string, options: LearnedOptions): Prototypes {
  checkLossName('fixedSimplex', op)
  checkLossOptions(op, options, LEARNED_OPTIONS)
  const { classes, dim, dtype = 'float32', backend, bias = false } = options
  checkFlag(op, 'bias', bias)
  if (classes < 2 || dim < classes - 1) {
    throw new Error(
      `${op}: a simplex of classes >= 2 in dim >= classes - 1 expected, got ${classes} in ${dim}`,
    )
  }
  const kind = { dtype, backend }
  const vertices = simplex(classes, dim, generatorOf(op, options, 0))
  const W = keep(tensor(vertices, { shape: [classes, dim], ...kind }))
  const b = bias ? parameter(zeros([classes], kind), kind) : undefined
  const parameters: Record<string, Tensor> = b === undefined ? {} : { b }
  return {
    parameters,
    W,
    bias: b,
    forBatch: () => ({ W, b }),
    ...UNMOVED,
    ...ofTensors(op, { W, ...parameters }),
  }
}

/**
 * The vertices, row by row. In an orthonormal frame q_1 .. q_C-1 vertex j is r_j - sqrt(j / (j + 1)) q_j, r_j = sum_k>j q_k /
 * sqrt(k (k + 1)): the rows of Helmert's matrix, which are orthonormal and sum to 0; then scaled to length 1.
 */
function simplex(classes: number, dim: number, rng: Generator): Float64Array {
  const q = orthonormal(classes - 1, dim, rng)
  const vertices = new Float64Array(classes * dim)
  const rest = new Float64Array(dim)
  const scale = Math.sqrt(classes / (classes - 1))
  for (let j = classes - 1; j >= 0; j--) {
    for (let d = 0; d < dim; d++) {
      const own = j === 0 ? 0 : q[j - 1][d]
      vertices[j * dim + d] = scale * (rest[d] - Math.sqrt(j / (j + 1)) * own)
      if (j > 0) rest[d] += own / Math.sqrt(j * (j + 1))
    }
  }
  return vertices
}

/** So many orthonormal vectors in random directions, by Gram and Schmidt; the second pass takes out what rounding left of the first. */
function orthonormal(count: number, dim: number, rng: Generator): Float64Array[] {
  const basis: Float64Array[] = []
  while (basis.length < count) {
    const v = Float64Array.from({ length: dim }, () => rng.normal())
    for (const b of [...basis, ...basis]) {
      const overlap = dot(v, b)
      for (let d = 0; d < dim; d++) v[d] -= overlap * b[d]
    }
    const length = Math.sqrt(dot(v, v))
    basis.push(v.map(value => value / length))
  }
  return basis
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, d) => sum + value * b[d], 0)
