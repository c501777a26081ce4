import { sizeOf } from '../../shape.ts'
import type { AdamState, Backend, NDArray } from '../backend.ts'
import type { Context } from './context.ts'

/** What a step of an element costs, in floating-point operations: a root, a division, and memory. */
const WORK = 60
/** Elements of a row where none are told apart. */
const ROW = 4096
/** Numbers of a step, as the kernel reads them. */
const NUMBERS = 3

/** Steps of an optimiser, whatever their number, in one pass over memory. */
export const adam = (context: Context): Pick<Backend, 'adam'> => ({
  adam({ p, m, v, largest }, g, { b1, b2, eps, decay }, steps, first) {
    const { memory, storage, threads } = context
    const { shape, dtype } = p
    const size = sizeOf(shape)
    const make = () => storage.allocate(shape, dtype)
    const made = { p: make(), m: make(), v: make(), ...(largest && { largest: make() }) }
    const at = (x: NDArray | undefined): number => (x === undefined ? 0 : storage.at(x))
    const [rows, width] = first === undefined ? [Math.ceil(size / ROW), ROW] : shape
    const work = size * steps.length * WORK
    const words = steps.length * NUMBERS
    if (size > 0)
      memory.temporary((words + (first?.length ?? 0)) * 4, constants => {
        const { floats, ints } = memory
        steps.forEach(({ shrink, root, rate }, i) => {
          floats.set([shrink, root, rate], constants / 4 + i * NUMBERS)
        })
        if (first !== undefined) ints.set(first, constants / 4 + words)
        const from = first === undefined ? 0 : constants + words * 4
        // biome-ignore format: arguments by what they describe
        threads.run(
            'adam', rows, work, at(p), at(g), at(m), at(v), at(largest), width, size,
            b1, 1 - b1, b2, 1 - b2, eps, decay, from, constants, steps.length,
            made.p.at, made.m.at, made.v.at, made.largest?.at ?? 0,
          )
      })
    const { p: newP, m: newM, v: newV } = made
    const moved: AdamState<NDArray> = { p: newP.array, m: newM.array, v: newV.array }
    return made.largest === undefined ? moved : { ...moved, largest: made.largest.array }
  },
})
