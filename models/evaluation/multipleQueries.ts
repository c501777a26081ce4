import { checkName, checkOptions, type OptionNames, refusal } from '../../engine/check.ts'
import { noGrad, type Tensor, type TypedArray, tensor, tidy } from '../../engine/index.ts'
import { checkIdentities } from '../../losses/labels.ts'
import { directions } from './matrices.ts'
import type { ReidSet } from './reid.ts'
import { withRows } from './unitRows.ts'

export interface MultipleQueryOptions {
  /** What becomes of the features of one query: their `mean` (the default), or the `max` of each column. */
  readonly pool?: 'mean' | 'max'
  /** Whether they are unit vectors `before` they are pooled (the default), or only the pooled one is, `after`. */
  readonly normalize?: 'before' | 'after'
}

const KNOWN = { pool: true, normalize: true } satisfies OptionNames<MultipleQueryOptions>

/** A query for each identity and camera, in the order in which they first occur: what `reid` takes as `query`. */
export interface MultipleQueries extends ReidSet {
  /** x[P,D], not of unit length: `reid` normalises. The caller disposes of it. */
  readonly x: Tensor
  readonly ids: number[]
  readonly cameras: number[]
}

/**
 * q_k = mean, or q_kd = max, over all images i of one identity and camera of u_i = x_i / ‖x_i‖, or of x_i where features are
 * normalised `after`; the usual figures follow with `reid(q, gallery)`.  x[N,D] ids[N] cameras[N] -> q[P,D] ids[P] cameras[P]
 *
 * Source: Market-1501 (Zheng et al., ICCV 2015). Its baseline code takes all hand-drawn boxes (`gt_bbox`) of the query's
 * identity and camera, makes every feature a unit vector, pools by mean and by max, normalises once more, and
 * reports both. `after` is not the benchmark's.
 * Throws on an identity below 1, on labels that do not fit, and on embeddings that are not finite.
 */
export async function multipleQueries(
  images: ReidSet,
  options: MultipleQueryOptions = {},
): Promise<MultipleQueries> {
  checkOptions('multipleQueries', options, KNOWN)
  const { pool = 'mean', normalize = 'before' } = options
  checkName('multipleQueries', 'pool', pool, ['mean', 'max'])
  checkName('multipleQueries', 'normalize', normalize, ['before', 'after'])
  if (typeof images !== 'object' || images === null || !('x' in images)) {
    throw refusal('multipleQueries', 'images as { x, ids, cameras }', images)
  }
  return withRows('multipleQueries', 'x', images.x, undefined, async x => {
    const [n, d] = x.shape
    const ids = checkIdentities('multipleQueries', 'ids', images.ids, n, 1)
    const cameras = checkIdentities('multipleQueries', 'cameras', images.cameras, n)
    const queries = new Map<string, number[]>()
    for (let i = 0; i < n; i++) {
      const name = `${ids[i]} ${cameras[i]}`
      queries.set(name, [...(queries.get(name) ?? []), i])
    }
    const groups = [...queries.values()]
    const features = normalize === 'before' ? await unitData(x) : await x.data()
    const Values = x.dtype === 'float64' ? Float64Array : Float32Array
    const pooled = new Values(groups.length * d)
    for (const [k, rows] of groups.entries()) {
      for (let c = 0; c < d; c++) {
        pooled[k * d + c] = POOLS[pool](rows.map(i => features[i * d + c]))
      }
    }
    return {
      x: tensor(pooled, { shape: [groups.length, d], backend: x.backend }),
      ids: groups.map(([i]) => ids[i]),
      cameras: groups.map(([i]) => cameras[i]),
    }
  })
}

const POOLS = {
  mean: (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value)),
}

async function unitData(x: Tensor): Promise<TypedArray> {
  const units = noGrad(() => tidy(() => directions(x)))
  try {
    return await units.data()
  } finally {
    units.dispose()
  }
}
