import {
  add,
  type Backend,
  div,
  equal,
  greaterEqual,
  keep,
  matmul,
  max,
  maximum,
  mean,
  mul,
  sub,
  sum,
  type Tensor,
  take,
  tensor,
  where,
} from '../../../engine/index.ts'
import { checkSizesOfClasses } from '../../../losses/imbalance.ts'
import { cosTheta } from '../../../losses/margins/angle.ts'

export interface Shrinkage {
  /** n_j, the training images of each class, C numbers > 0. */
  readonly sizes: ArrayLike<number>
  /** N, >= 2: from so many images on a class is frequent: a neighbour to others, and left where it is. Default 20. */
  readonly frequent?: number
  /** T, an integer >= 1: how many neighbours a rare class is moved towards. Default 5. */
  readonly neighbours?: number
  /** How many images the neighbours count as, >= 0. Default: estimated from the centres, at every call. */
  readonly k?: number
}

interface Kind {
  readonly dtype?: 'float32' | 'float64'
  readonly backend?: Backend
}

/**
 * c'_j = (n_j c_j + k v_j) / (n_j + k) for rare classes, v_j the mean of the T frequent centres nearest to c_j by cosine;
 * frequent classes keep theirs.  c[C,D], means of unit vectors -> [C,D]
 *
 * The empirical Bayes view (James and Stein 1961, Efron and Morris 1973): the mean of n_j images is the true centre mu_j
 * and noise of mean square sigma^2 / n_j; mu_j is v_j and a deviation of mean square tau^2. Both normal and the same in
 * all directions, c'_j is the posterior mean of mu_j with k = sigma^2 / tau^2. Frequent classes f tell both:
 *
 *   sigma^2 = mean_f (1 - ‖c_f‖^2) n_f / (n_f - 1), since E ‖z - c_f‖^2 = 1 - ‖c_f‖^2 for unit z with mean c_f;
 *   tau^2 = mean_f ‖c_f - v_f‖^2 - sigma^2 (1 + 1/T) mean_f 1 / n_f, v_f the mean of T others, less the noise of both.
 *
 * k is kept from 0 to N: no class of N images believes its neighbours more than itself. What the view leaves out: a
 * rare class's neighbours are found by its noisy centre, so mu_j is further from v_j than tau^2 says; and a moving
 * average forgets, so that in truth its n_f is smaller. Throws where options are out of range, and unless more than T
 * classes are frequent.
 */
export function shrinkage(options: Shrinkage, kind: Kind = {}): (c: Tensor) => Tensor {
  const { sizes, frequent = 20, neighbours = 5 } = options
  const often = checked({ ...options, frequent, neighbours })
  const column = (values: readonly number[]) => keep(tensor(values, { shape: [values.length, 1], ...kind }))
  const n = column(Array.from(sizes))
  const rare = column(Array.from(sizes, nj => (nj < frequent ? 1 : 0)))
  const own = column(Array.from(sizes, (_, j) => j))
  const others = keep(tensor(often, { shape: [1, often.length], ...kind }))
  const index = keep(tensor(Int32Array.from(often), { backend: kind.backend }))
  const noise = column(often.map(f => sizes[f] / (sizes[f] - 1)))
  const perImage = often.reduce((total, f) => total + 1 / sizes[f], 0) / often.length

  /** sigma^2 / tau^2, from c_f[F,D] v_f[F,D] -> [] */
  function estimate(c: Tensor, v: Tensor): Tensor {
    const within = maximum(mean(mul(sub(1, squares(c)), noise)), 0)
    const between = sub(mean(squares(sub(c, v))), mul(within, (1 + 1 / neighbours) * perImage))
    return div(within, maximum(maximum(between, div(within, frequent)), 1e-12))
  }

  return c => {
    const known = take(c, index)
    // A class is no neighbour of its own: below every cosine.
    const cosines = where(equal(own, others), -2, cosTheta(c, known))
    const v = matmul(nearest(cosines, neighbours), known)
    const k = options.k ?? estimate(known, take(v, index))
    const share = mul(rare, div(k, add(n, k)))
    return add(c, mul(share, sub(v, c)))
  }
}

const squares = (x: Tensor): Tensor => sum(mul(x, x), { axis: 1, keepDims: true })

/** 1 / T at the T largest of each row, 0 elsewhere; equals at the border all count.  [C,F] -> [C,F] */
function nearest(cosines: Tensor, count: number): Tensor {
  const largest = (x: Tensor) => max(x, { axis: 1, keepDims: true })
  let left = cosines
  for (let t = 1; t < count; t++) left = where(greaterEqual(left, largest(left)), -3, left)
  const taken = greaterEqual(cosines, largest(left))
  return div(taken, sum(taken, { axis: 1, keepDims: true }))
}

/** The frequent classes. */
function checked({ sizes, frequent, neighbours, k }: Required<Omit<Shrinkage, 'k'>> & Shrinkage): number[] {
  checkSizesOfClasses('shrinkage', sizes)
  if (!(frequent >= 2)) throw new Error(`shrinkage: frequent is a number of images >= 2, got ${frequent}`)
  if (!(Number.isInteger(neighbours) && neighbours >= 1)) {
    throw new Error(`shrinkage: neighbours is an integer >= 1, got ${neighbours}`)
  }
  if (k !== undefined && !(k >= 0 && k < Infinity)) {
    throw new Error(`shrinkage: k is a finite number >= 0, got ${k}`)
  }
  const often = Array.from(sizes, (_, j) => j).filter(j => sizes[j] >= frequent)
  if (often.length <= neighbours) {
    throw new Error(
      `shrinkage: more than ${neighbours} classes of at least ${frequent} images expected, got ${often.length}`,
    )
  }
  return often
}
