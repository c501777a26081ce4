import { sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import type { Core } from './core.ts'
import { checkedAround } from './indexing.ts'
import * as codes from './kernels/codes.ts'
import { rows } from './rows.ts'

type Kernels = Required<
  Pick<Backend, 'reluGrad' | 'softmax' | 'softmaxCrossEntropy' | 'softmaxCrossEntropyGrad'>
>

/** What an element costs, in floating-point operations: memory, or e^x and what goes with it. */
const [PASS, POWER] = [10, 80]

/** In one pass what ops would compose of several, which memory would be the limit of. */
export const fused = (core: Core): Kernels => ({
  reluGrad(y, x, shape) {
    const { array, at } = core.allocate(shape, y.dtype)
    rows(core, { f: codes.GATE, z: at, work: PASS }, [y, x], shape)
    return array
  },

  softmax(x) {
    const { array, at } = core.allocate(x.shape, x.dtype)
    const n = x.shape.at(-1)!
    const size = sizeOf(x.shape)
    if (size > 0) core.threads.run('softmaxRows', size / n, size * POWER, core.at(x), n, at)
    return array
  },

  softmaxCrossEntropy(z, y) {
    const { outer, n } = checkedAround(core, 'softmaxCrossEntropy', z.shape, y, 1)
    const { array, at } = core.allocate([outer], z.dtype)
    core.threads.run('crossEntropy', outer, outer * n * POWER, core.at(z), n, core.at(y), at)
    return array
  },

  softmaxCrossEntropyGrad(dl, z, y, l) {
    const { outer, n } = checkedAround(core, 'softmaxCrossEntropyGrad', z.shape, y, 1)
    const { array, at } = core.allocate(z.shape, z.dtype)
    // biome-ignore format: arguments by what they describe
    core.threads.run(
      'crossEntropyGrad', outer, outer * n * POWER,
      core.at(dl), core.at(z), n, core.at(y), core.at(l), at,
    )
    return array
  },
})
