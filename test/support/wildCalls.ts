import type { Backend } from '../../engine/backends/backend.ts'
import type { Generator, Tensor } from '../../engine/index.ts'
import * as ops from '../../engine/index.ts'

/** A call of a public op that may be right, empty, or anything else that a program can ask for. */
export interface WildCall {
  readonly text: string
  run(backend: Backend): Tensor | readonly Tensor[]
}

const { full, tensor } = ops
type Draw = (rng: Generator) => WildCall

const pick = <T>(rng: Generator, from: readonly T[]): T => from[rng.integer(0, from.length - 1)]

const SMALL = [0, 0, 1, 1, 2, 2, 3, 4]
/** What is no size, or none that any memory holds. */
const WILD = [-1, 0.5, Number.NaN, Infinity, -Infinity, 2 ** 33, 2 ** 38 + 1, 2 ** 52, 2 ** 53, 2 ** 60]

/** A size or an option: mostly a small integer. */
const number = (rng: Generator): number => (rng.uniform() < 0.15 ? pick(rng, WILD) : pick(rng, SMALL))
const list = (rng: Generator, n: number): number[] => Array.from({ length: n }, () => number(rng))
const sizes = (rng: Generator, n: number): number[] => Array.from({ length: n }, () => pick(rng, SMALL))
const pair = (rng: Generator): [number, number] => [number(rng), number(rng)]

const make = (shape: readonly number[], backend: Backend): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 7) % 11) / 4 - 1),
    { shape, backend },
  )

const window = (rng: Generator): Record<string, [number, number]> => {
  const options: Record<string, [number, number]> = {}
  if (rng.uniform() < 0.5) options.padding = pair(rng)
  if (rng.uniform() < 0.3) options.stride = pair(rng)
  if (rng.uniform() < 0.3) options.dilation = pair(rng)
  return options
}

/** `run` of arguments that are drawn; its name and they are the text. */
const call = <A extends unknown[] | []>(
  name: string,
  draw: (rng: Generator) => A,
  run: (k: Backend, ...args: A) => Tensor | readonly Tensor[],
): Draw => {
  return rng => {
    const args = draw(rng)
    const text = args.map(arg => JSON.stringify(arg, (_, v) => (typeof v === 'number' ? String(v) : v)))
    return { text: `${name}(${text.join(', ')})`.replaceAll('"', ''), run: k => run(k, ...args) }
  }
}

/** y, and its gradient in x. */
function withGradient(x: Tensor, f: (x: Tensor) => Tensor): readonly Tensor[] {
  const leaf = ops.parameter(x)
  const y = f(leaf)
  return [y, ops.grad(ops.sum(ops.mul(y, y)), { leaf }).leaf]
}

type Along = Readonly<Record<string, (x: Tensor, axis: number) => Tensor>>

const REDUCTIONS: Along = {
  sum: (x, axis) => ops.sum(x, { axis }),
  mean: (x, axis) => ops.mean(x, { axis }),
  max: (x, axis) => ops.max(x, { axis }),
  min: (x, axis) => ops.min(x, { axis }),
  logSumExp: (x, axis) => ops.logSumExp(x, { axis }),
}
const { argmax, softmax, logSoftmax, norm } = ops
const ALONG: Along = { argmax, softmax, logSoftmax, norm }

const DRAWS: readonly Draw[] = [
  call(
    'full',
    rng => [list(rng, rng.integer(0, 3))],
    (k, shape) => full(shape, 2, { backend: k }),
  ),
  call(
    'broadcastTo',
    rng => [sizes(rng, rng.integer(0, 2)), list(rng, rng.integer(0, 3))],
    (k, x, to) => ops.broadcastTo(make(x, k), to),
  ),
  call(
    'oneHot',
    rng => [list(rng, 2), number(rng)],
    (k, index, depth) =>
      ops.oneHot(
        tensor(Int32Array.from(index), { backend: k, dtype: 'int32' }),
        depth,
        k.dtypes.includes('float32') ? 'float32' : 'float64',
      ),
  ),
  call(
    'reshape',
    rng => [sizes(rng, 2), list(rng, rng.integer(0, 3))],
    (k, x, to) => ops.reshape(make(x, k), to),
  ),
  call(
    'pad',
    rng => [sizes(rng, 2), list(rng, 2), list(rng, 2)],
    (k, x, before, after) => ops.pad(make(x, k), before, after),
  ),
  call(
    'slice',
    rng => [sizes(rng, 2), list(rng, 2), list(rng, 2)],
    (k, x, start, stop) => ops.slice(make(x, k), start, stop),
  ),
  call(
    'add',
    rng => [sizes(rng, rng.integer(0, 3)), sizes(rng, rng.integer(0, 3))],
    (k, x, y) => ops.add(make(x, k), make(y, k)),
  ),
  call(
    'outer add',
    rng => [pick(rng, [1, 2 ** 9, 2 ** 17])],
    // Each operand is small; what they stretch to need not be.
    (k, n) => ops.add(full([n, 1], 1, { backend: k }), full([1, n === 1 ? 3 : n], 1, { backend: k })),
  ),
  call(
    'matmul',
    rng => [sizes(rng, rng.integer(1, 3)), sizes(rng, rng.integer(1, 3))],
    (k, a, b) => ops.matmul(make(a, k), make(b, k)),
  ),
  call(
    'conv2d',
    rng => [sizes(rng, 4), sizes(rng, 4), window(rng)],
    (k, x, w, options) =>
      withGradient(make(x, k), x => ops.conv2d(x, make([w[0], w[1], x.shape[3], w[3]], k), options)),
  ),
  call(
    'conv2d in w',
    rng => [sizes(rng, 4), sizes(rng, 4), window(rng)],
    (k, x, w, options) =>
      withGradient(make([w[0], w[1], x[3], w[3]], k), w => ops.conv2d(make(x, k), w, options)),
  ),
  call(
    'convTranspose2d',
    rng => [sizes(rng, 4), sizes(rng, 4), window(rng)],
    (k, x, w, options) =>
      withGradient(make(x, k), x => ops.convTranspose2d(x, make([w[0], w[1], w[2], x.shape[3]], k), options)),
  ),
  call(
    'maxPool2d',
    rng => [sizes(rng, 4), pair(rng), window(rng)],
    (k, x, kernel, options) => withGradient(make(x, k), x => ops.maxPool2d(x, kernel, options)),
  ),
  call(
    'avgPool2d',
    rng => [sizes(rng, 4), pair(rng), window(rng)],
    (k, x, kernel, options) => withGradient(make(x, k), x => ops.avgPool2d(x, kernel, options)),
  ),
  call(
    'reduce',
    rng => [pick(rng, Object.keys(REDUCTIONS)), sizes(rng, 3), number(rng)],
    (k, f, x, axis) => withGradient(make(x, k), x => REDUCTIONS[f](x, axis)),
  ),
  call(
    'along',
    rng => [pick(rng, Object.keys(ALONG)), sizes(rng, rng.integer(1, 3)), pick(rng, [-1, 0, 1, number(rng)])],
    (k, f, x, axis) => ALONG[f](make(x, k), axis),
  ),
  call(
    'gather',
    rng => [sizes(rng, 2), list(rng, 2), number(rng)],
    (k, x, index, axis) =>
      ops.gather(make(x, k), tensor(Int32Array.from(index), { backend: k, shape: [1, 2] }), axis),
  ),
  call(
    'scatterAdd',
    rng => [sizes(rng, 2), list(rng, 2)],
    (k, x, index) =>
      ops.scatterAdd(
        make(x, k),
        tensor(Int32Array.from(index), { backend: k, shape: [1, 2] }),
        make([1, 2], k),
        1,
      ),
  ),
  call(
    'concat',
    rng => [sizes(rng, 2), sizes(rng, 2), number(rng)],
    (k, x, y, axis) => ops.concat([make(x, k), make(y, k)], axis),
  ),
  call(
    'permute',
    rng => [sizes(rng, 3), list(rng, 3)],
    (k, x, axes) => ops.permute(make(x, k), axes),
  ),
]

export const drawWildCall = (rng: Generator): WildCall => pick(rng, DRAWS)(rng)
