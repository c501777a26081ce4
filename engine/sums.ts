import { checkNaN } from './debug.ts'
import { noteRead } from './effects.ts'
import { concat } from './ops/concat.ts'
import { reshape, sum } from './ops/reduce.ts'
import { noGrad } from './recording.ts'
import { Tensor } from './tensor.ts'
import { tidy } from './tidy.ts'

/**
 * The sum of each tensor, all in one: xi[...] -> [n]; not recorded. They are of one backend and dtype, and there is one at least.
 * By one call where the backend has a kernel for it: an op for each of many parameters takes longer than the sums.
 */
export function sums(xs: readonly Tensor[]): Tensor {
  const { backend } = xs[0]
  if (backend.sums === undefined) {
    const sumOf = (x: Tensor): Tensor => reshape(x.size === 1 ? x : sum(x), [1])
    return noGrad(() => tidy(() => concat(xs.map(sumOf))))
  }
  for (const x of xs) noteRead(x)
  const array = backend.sums(xs.map(x => x.array))
  checkNaN('sum', backend, array)
  return new Tensor(array, backend)
}
