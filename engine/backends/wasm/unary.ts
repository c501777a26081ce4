import { sizeOf } from '../../shape.ts'
import type { Backend, Unary } from '../backend.ts'
import type { Core } from './core.ts'

/** What an element costs, in floating-point operations, memory traffic included. */
const WORK = 10

/** z = f(x), element by element. */
export const unary = (core: Core): Pick<Backend, 'unary'> => ({
  unary(f: Unary, x) {
    const { array, at } = core.allocate(x.shape, x.dtype)
    const n = sizeOf(x.shape)
    core.threads.run(f as 'relu', Math.ceil(n / 4), n * WORK, core.at(x), at)
    return array
  },
})
