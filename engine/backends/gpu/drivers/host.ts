import type { GPU } from '../gpuJs.ts'
import type { Program } from '../program.ts'
import { createKernel } from './createKernel.ts'
import type { Driver, Handle } from './driver.ts'
import { KernelCache } from './kernelCache.ts'

interface Values extends Handle {
  readonly values: Float32Array
}

/** gpu.js's modes `cpu` and `webasm`: arrays are JavaScript's, and its collector's. */
export class HostDriver implements Driver {
  readonly lost = undefined
  readonly memory = {
    used: 0,
    get reserved(): number {
      return this.used
    },
  }
  readonly #gpu: GPU
  readonly #mode: string
  readonly kernels = new KernelCache()

  constructor(gpu: GPU, mode: string) {
    this.#gpu = gpu
    this.#mode = mode
  }

  run(program: Program, length: number, args: readonly (Handle | number)[]): readonly Handle[] {
    const make = () => createKernel(this.#gpu, 'JavaScript', program, length, args, () => 'Array')
    const kernel = this.kernels.general(program.source, make)
    kernel.setOutput([length])
    const values = kernel(...args.map(a => (typeof a === 'number' ? a : (a as Values).values)))
    const { mode } = kernel.kernel.constructor
    if (mode !== this.#mode) {
      throw new Error(`gpu: a kernel of ${this.#mode} ran on ${mode}: ${kernel.kernel.fallbackReason}`)
    }
    // The next call writes into the same array.
    return [this.upload((values as Float32Array).slice())]
  }

  upload(values: Float32Array): Values {
    this.memory.used += values.byteLength
    return { length: values.length, values }
  }

  read(handle: Handle): Float32Array {
    return (handle as Values).values.slice()
  }

  free(handle: Handle): void {
    this.memory.used -= (handle as Values).values.byteLength
  }

  destroy(): void {
    void this.#gpu.destroy()
  }

  lose(): void {
    throw new Error(`gpu: ${this.#mode} has no device to lose`)
  }
}
