import type { Gpu, Shortcut } from '../library.ts'
import type { Program } from '../program.ts'
import type { Driver, Handle } from './driver.ts'
import { createKernel } from './settings.ts'

interface Values extends Handle {
  readonly values: Float32Array
}

/** gpu.js's modes `cpu` and `webasm`: arrays are JavaScript's, and its collector's. */
export class HostDriver implements Driver {
  readonly lost = undefined
  used = 0
  readonly #gpu: Gpu
  readonly #mode: string
  readonly #kernels = new Map<string, Shortcut>()

  constructor(gpu: Gpu, mode: string) {
    this.#gpu = gpu
    this.#mode = mode
  }

  get reserved(): number {
    return this.used
  }

  get kernels(): number {
    return this.#kernels.size
  }

  run(program: Program, length: number, args: readonly (Handle | number)[]): readonly Handle[] {
    const kernel = this.#kernel(program, length, args)
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
    this.used += values.byteLength
    return { length: values.length, values }
  }

  read(handle: Handle): Float32Array {
    return (handle as Values).values.slice()
  }

  free(handle: Handle): void {
    this.used -= (handle as Values).values.byteLength
  }

  #kernel(program: Program, length: number, args: readonly (Handle | number)[]): Shortcut {
    let kernel = this.#kernels.get(program.source)
    if (kernel === undefined) {
      kernel = createKernel(this.#gpu, 'JavaScript', program, length, args, () => 'Array')
      this.#kernels.set(program.source, kernel)
    }
    return kernel
  }

  destroy(): void {
    this.#kernels.clear()
    void this.#gpu.destroy()
  }

  lose(): void {
    throw new Error(`gpu: ${this.#mode} has no device to lose`)
  }
}
