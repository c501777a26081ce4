import { type Shape, sizeOf } from '../../shape.ts'
import type { DType, NDArray } from '../backend.ts'
import type { GpuBuffer, Range } from './buffer.ts'
import type { Argument, Device } from './device.ts'
import { FILL, type Program } from './program.ts'

/** What all kernels of the backend share: the device, and tensors' arrays as its buffers. */
export class Context {
  readonly device: Device

  constructor(device: Device) {
    this.device = device
  }

  /** The result of a program with a thread for each element of `shape`. */
  run(
    program: Program,
    shape: Shape,
    dtype: DType,
    args: readonly (NDArray | GpuBuffer | number)[],
    range?: Range,
  ): NDArray {
    return { shape, dtype, buffer: this.device.run(program, sizeOf(shape), args.map(argument), range) }
  }

  /** So many zeros. */
  zeros(length: number): GpuBuffer {
    return this.device.run(FILL, length, [0])
  }

  /**
   * Runs `f` on what `makers` make, and frees that afterwards, but for what is among `lent`: a maker may give an operand as
   * it is.
   */
  made<T>(
    lent: readonly GpuBuffer[],
    makers: readonly (() => GpuBuffer)[],
    f: (buffers: readonly GpuBuffer[]) => T,
  ): T {
    const buffers: GpuBuffer[] = []
    try {
      for (const make of makers) buffers.push(make())
      return f(buffers)
    } finally {
      for (const buffer of buffers) if (!lent.includes(buffer)) this.device.free(buffer)
    }
  }

  /** Runs `f`, then frees `buffers`: the device computes in order, so `f`'s kernels still read them. */
  using<T>(buffers: readonly GpuBuffer[], f: () => T): T {
    try {
      return f()
    } finally {
      for (const buffer of buffers) this.device.free(buffer)
    }
  }
}

export const bufferOf = (x: NDArray): GpuBuffer => x.buffer as GpuBuffer

const argument = (a: NDArray | GpuBuffer | number): Argument =>
  typeof a === 'object' && 'buffer' in a ? bufferOf(a) : a
