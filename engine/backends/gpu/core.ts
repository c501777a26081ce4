import { type Shape, sizeOf } from '../../shape.ts'
import type { DType, NDArray } from '../backend.ts'
import type { Cell, Range } from './cell.ts'
import type { Argument, Device } from './device.ts'
import { FILL, type Program } from './program.ts'

/** What the kernels share: the device, and arrays as cells of it. */
export class Core {
  readonly device: Device

  constructor(device: Device) {
    this.device = device
  }

  /** The result of a program with a thread for each element of `shape`. */
  run(
    program: Program,
    shape: Shape,
    dtype: DType,
    args: readonly (NDArray | Cell | number)[],
    range?: Range,
  ): NDArray {
    return this.array(this.device.run(program, sizeOf(shape), args.map(argument), range), shape, dtype)
  }

  /** So many zeros. */
  zeros(length: number): Cell {
    return this.device.run(FILL, length, [0])
  }

  array(buffer: Cell, shape: Shape, dtype: DType): NDArray {
    return { shape, dtype, buffer }
  }

  /** What each makes; where one throws, the others' goes back. */
  each(...makers: readonly (() => Cell)[]): Cell[] {
    const cells: Cell[] = []
    try {
      for (const make of makers) cells.push(make())
      return cells
    } catch (error) {
      for (const cell of cells) this.device.free(cell)
      throw error
    }
  }

  /** Runs `f` with memory that goes back to the pool afterwards: the device computes in order. */
  using<T>(cells: readonly Cell[], f: () => T): T {
    try {
      return f()
    } finally {
      for (const cell of cells) this.device.free(cell)
    }
  }
}

export const cellOf = (x: NDArray): Cell => x.buffer as Cell

const argument = (a: NDArray | Cell | number): Argument =>
  typeof a === 'object' && 'buffer' in a ? cellOf(a) : a
