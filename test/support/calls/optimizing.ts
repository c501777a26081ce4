import type {
  AdamConstants,
  AdamState,
  AdamStep,
  Backend,
  NDArray,
  SgdState,
  SgdStep,
} from '../../../engine/backends/backend.ts'
import type { Generator } from '../../../engine/index.ts'
import { type Call, floats, free, size } from './call.ts'

/** Steps of optimisers that a backend may have a kernel for, against loops over numbers. */
export const OPTIMIZING: readonly Call[] = [
  {
    name: 'adam',
    kernel: 'adam',
    draw(rng) {
      const long = rng.uniform() < 0.1
      const shape = long ? [rng.integer(4000, 13_000)] : [size(rng), size(rng)]
      const [withG, withLargest] = [rng.uniform() < 0.5, rng.uniform() < 0.3]
      const constants = { b1: 0.8, b2: 0.95, eps: 1e-3, decay: rng.uniform() < 0.5 ? 0 : 0.1 }
      const steps = Array.from({ length: rng.integer(1, 5) }, () => drawStep(rng))
      const first = Int32Array.from({ length: shape[0] }, () => rng.integer(0, steps.length))
      const rows = long || rng.uniform() < 0.3 ? undefined : first
      return {
        inputs: [
          floats(rng, shape),
          floats(rng, shape),
          floats(rng, shape, { low: 0.1 }),
          ...(withLargest ? [floats(rng, shape, { low: 0.1 })] : []),
          ...(withG ? [floats(rng, shape)] : []),
        ],
        run(k, [p, m, v, ...rest]) {
          const state = { p, m, v, ...(withLargest && { largest: rest[0] }) }
          const g = withG ? rest[rest.length - 1] : undefined
          const moved = (k.adam ?? adamByLoops(k))(state, g, constants, steps, rows)
          const parts = [moved.p, moved.m, moved.v, ...(moved.largest ? [moved.largest] : [])]
          const z = k.concat(parts, 0)
          free(k, parts)
          return z
        },
      }
    },
  },
  {
    name: 'sgd',
    kernel: 'sgd',
    draw(rng) {
      const shape = rng.uniform() < 0.1 ? [rng.integer(4000, 13_000)] : [size(rng), size(rng)]
      const withB = rng.uniform() < 0.7
      const step = {
        decay: rng.uniform() < 0.5 ? 0 : 0.1,
        momentum: withB ? 0.9 : 0,
        share: rng.uniform(0.5, 1),
        nesterov: withB && rng.uniform() < 0.5,
        rate: rng.uniform(0.01, 0.1),
      }
      return {
        inputs: [floats(rng, shape), floats(rng, shape), ...(withB ? [floats(rng, shape)] : [])],
        run(k, [p, g, b]) {
          const moved = (k.sgd ?? sgdByLoops(k))({ p, ...(b && { b }) }, g, step)
          const parts = [moved.p, ...(moved.b ? [moved.b] : [])]
          const z = k.concat(parts, 0)
          free(k, parts)
          return z
        },
      }
    },
  },
]

const drawStep = (rng: Generator): AdamStep => ({
  shrink: rng.uniform() < 0.5 ? 1 : rng.uniform(0.9, 1),
  root: rng.uniform(1, 2),
  rate: rng.uniform(0.01, 0.1),
})

/** The definition. */
const sgdByLoops =
  (k: Backend) =>
  ({ p, b }: SgdState<NDArray>, gradient: NDArray, { decay, momentum, share, nesterov, rate }: SgdStep) => {
    const [P, G] = [p, gradient].map(x => Float64Array.from(k.readSync(x)))
    const B = b && Float64Array.from(k.readSync(b))
    for (let i = 0; i < P.length; i++) {
      const g = G[i] + decay * P[i]
      if (B) B[i] = momentum * B[i] + share * g
      P[i] -= rate * (B === undefined ? g : nesterov ? momentum * B[i] + g : B[i])
    }
    const array = (values: Float64Array) => k.upload(values, p.shape, p.dtype)
    return { p: array(P), ...(B && { b: array(B) }) }
  }

/** The same. */
const adamByLoops =
  (k: Backend) =>
  (
    { p, m, v, largest }: AdamState<NDArray>,
    gradient: NDArray | undefined,
    { b1, b2, eps, decay }: AdamConstants,
    steps: readonly AdamStep[],
    first?: Int32Array,
  ): AdamState<NDArray> => {
    const [P, M, V] = [p, m, v].map(x => Float64Array.from(k.readSync(x)))
    const L = largest && Float64Array.from(k.readSync(largest))
    const G = gradient && k.readSync(gradient)
    const width = P.length / p.shape[0]
    for (let i = 0; i < P.length; i++) {
      for (const { shrink, root, rate } of steps.slice(first?.[Math.floor(i / width)] ?? 0)) {
        const g = (G?.[i] ?? 0) + decay * P[i]
        M[i] = b1 * M[i] + (1 - b1) * g
        V[i] = b2 * V[i] + (1 - b2) * g * g
        if (L) L[i] = Math.max(L[i], V[i])
        P[i] = shrink * P[i] - (rate * M[i]) / (root * Math.sqrt((L ?? V)[i]) + eps)
      }
    }
    const array = (values: Float64Array) => k.upload(values, p.shape, p.dtype)
    return { p: array(P), m: array(M), v: array(V), ...(L && { largest: array(L) }) }
  }
