import type { Binary, Unary } from '../../../engine/backends/backend.ts'
import {
  broadcasting,
  type Call,
  EDGES,
  either,
  floats,
  type Input,
  ints,
  shape,
  type Values,
} from './call.ts'

const UNARY: Readonly<Record<Unary, Values & { exact?: true }>> = {
  neg: { exact: true },
  exp: { low: -10, high: 10 },
  log: { low: 0, high: 10 },
  log1p: { low: -1, high: 2 },
  expm1: {},
  sqrt: { low: 0, high: 10, exact: true },
  rsqrt: { low: 0, high: 10 },
  abs: { exact: true },
  sign: { exact: true, coarse: true },
  floor: { exact: true, coarse: true },
  ceil: { exact: true, coarse: true },
  round: { exact: true, coarse: true },
  trunc: { exact: true, coarse: true },
  sin: { low: -20, high: 20 },
  cos: { low: -20, high: 20 },
  acos: { low: -1, high: 1 },
  asin: { low: -1, high: 1 },
  atan: { low: -4, high: 4 },
  tanh: {},
  sigmoid: { low: -10, high: 10 },
  softplus: { low: -10, high: 10 },
  relu: { exact: true },
  erf: {},
  erfc: {},
}

const BINARY: Readonly<Record<Binary, Values & { exact?: true; ints?: true }>> = {
  add: { exact: true },
  sub: { exact: true },
  mul: { exact: true },
  div: { exact: true },
  pow: { low: -1 },
  fmod: { exact: true, coarse: true },
  remainder: { exact: true, coarse: true },
  atan2: {},
  maximum: { exact: true, coarse: true },
  minimum: { exact: true, coarse: true },
  equal: { exact: true, coarse: true, ints: true },
  notEqual: { exact: true, coarse: true, ints: true },
  less: { exact: true, coarse: true, ints: true },
  lessEqual: { exact: true, coarse: true, ints: true },
  greater: { exact: true, coarse: true, ints: true },
  greaterEqual: { exact: true, coarse: true, ints: true },
}

const entries = <K extends string, V>(table: Readonly<Record<K, V>>) => Object.entries(table) as [K, V][]
const rounded = (exact?: true): Pick<Call, 'rounded'> => (exact ? { rounded: [] } : {})

export const ELEMENTWISE: readonly Call[] = [
  ...entries(UNARY).map(
    ([f, { exact, ...values }]): Call => ({
      name: `unary ${f}`,
      kernel: 'unary',
      ...rounded(exact),
      draw: rng => ({
        inputs: [floats(rng, shape(rng), { edges: EDGES, ...values })],
        run: (k, [x]) => k.unary(f, x),
      }),
    }),
  ),
  ...entries(BINARY).map(
    ([f, { exact, ints: alsoInts, ...values }]): Call => ({
      name: `binary ${f}`,
      kernel: 'binary',
      ...rounded(exact),
      draw(rng) {
        const z = shape(rng)
        const draw =
          alsoInts && rng.uniform() < 0.4
            ? (s: number[]) => ints(rng, s, -3, 3)
            : (s: number[]): Input => floats(rng, s, { edges: EDGES, ...values })
        const pair = [draw(broadcasting(rng, z)), draw(rng.uniform() < 0.5 ? z : broadcasting(rng, z))]
        return {
          inputs: rng.uniform() < 0.5 ? pair : pair.reverse(),
          run: (k, [x, y]) => k.binary(f, x, y, common(x.shape, y.shape)),
        }
      },
    }),
  ),
  {
    name: 'where',
    kernel: 'where',
    rounded: [],
    draw(rng) {
      const z = shape(rng)
      const chosen = () => (rng.uniform() < 0.5 ? z : broadcasting(rng, z))
      const condition = ints(rng, chosen(), 0, 1)
      const isFloat = rng.uniform() < 0.6
      return {
        inputs: [
          isFloat ? { ...condition, dtype: 'float32' } : condition,
          ...[chosen(), z].map(s => floats(rng, s, { edges: EDGES })),
        ],
        run: (k, [c, x, y]) => k.where(c, x, y, z),
      }
    },
  },
  {
    name: 'broadcastTo',
    kernel: 'broadcastTo',
    rounded: [],
    draw(rng) {
      const z = shape(rng)
      return { inputs: [either(rng, broadcasting(rng, z))], run: (k, [x]) => k.broadcastTo(x, z) }
    },
  },
  {
    name: 'cast to int32',
    kernel: 'cast',
    rounded: [],
    draw: rng => ({
      inputs: [floats(rng, shape(rng), { low: -1000, high: 1000, edges: [0, -0, -0.5, 0.5, 2 ** 24] })],
      run: (k, [x]) => k.cast(x, 'int32'),
    }),
  },
  {
    name: 'cast to float32',
    kernel: 'cast',
    rounded: [],
    draw: rng => ({
      inputs: [ints(rng, shape(rng), -(2 ** 24), 2 ** 24)],
      run: (k, [x]) => k.cast(x, 'float32'),
    }),
  },
  {
    name: 'fill',
    kernel: 'fill',
    rounded: [],
    draw(rng) {
      const [z, value] = [shape(rng), rng.integer(-5, 5)]
      const dtype = rng.uniform() < 0.5 ? 'int32' : undefined
      // An input says which float is meant.
      return { inputs: [floats(rng, [1])], run: (k, [x]) => k.fill(value, z, dtype ?? x.dtype) }
    },
  },
]

/** The shape that two which broadcast to one shape have together. */
function common(a: readonly number[], b: readonly number[]): number[] {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a]
  const extra = long.length - short.length
  return long.map((n, i) => (i < extra || n !== 1 ? n : short[i - extra]))
}
