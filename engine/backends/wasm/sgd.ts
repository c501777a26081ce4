import { sizeOf } from '../../shape.ts'
import type { Backend } from '../backend.ts'
import type { Context } from './context.ts'
import { vectors } from './elementwise.ts'

/** What an element costs, in floating-point operations, memory traffic included. */
const WORK = 20

/** A step of SGD in one pass over memory. */
export const sgd = ({ storage, threads }: Context): Pick<Backend, 'sgd'> => ({
  sgd({ p, b }, g, { decay, momentum, share, nesterov, rate }) {
    const size = sizeOf(p.shape)
    const newP = storage.allocate(p.shape, p.dtype)
    const newB = b && storage.allocate(p.shape, p.dtype)
    // biome-ignore format: arguments by what they describe
    threads.run(
      'sgd', vectors(size), size * WORK, storage.at(p), storage.at(g), b ? storage.at(b) : 0,
      decay, momentum, share, Number(nesterov), rate, newP.at, newB?.at ?? 0,
    )
    return { p: newP.array, ...(newB && { b: newB.array }) }
  },
})
