import { checkNaN } from './debug.ts'
import { noteRead } from './effects.ts'
import { concat } from './ops/concat.ts'
import { reshape, sum } from './ops/reduce.ts'
import { norm } from './ops/vector.ts'
import { noGrad } from './recording.ts'
import { Tensor } from './tensor.ts'
import { tidy } from './tidy.ts'

/**
 * The sum of each tensor, all in one: xi[...] -> [n]; not recorded. They are of one backend and dtype, and there is one at least.
 * By one call where the backend has a kernel for it: an op for each of many parameters takes longer than the sums.
 */
export const sums = (xs: readonly Tensor[]): Tensor => each('sum', xs)

/** The Euclidean length of each, in the same way. */
export const norms = (xs: readonly Tensor[]): Tensor => each('norm', xs)

const OPS = { sum: (x: Tensor): Tensor => (x.size === 1 ? x : sum(x)), norm: (x: Tensor): Tensor => norm(x) }

function each(f: keyof typeof OPS, xs: readonly Tensor[]): Tensor {
  const { backend } = xs[0]
  if (backend.reduceEach === undefined) {
    return noGrad(() => tidy(() => concat(xs.map(x => reshape(OPS[f](x), [1])))))
  }
  for (const x of xs) noteRead(x)
  const array = backend.reduceEach(
    f,
    xs.map(x => x.array),
  )
  checkNaN(f, backend, array)
  return new Tensor(array, backend)
}
