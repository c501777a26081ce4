import type { GPU, GpuJs, KernelShortcut, WebGPUBuffer, WebGPUBufferResult, WebGPUContext } from '../gpuJs.ts'
import { COPY, type Program } from '../program.ts'
import { createKernel } from './createKernel.ts'
import type { Driver, Handle } from './driver.ts'
import { FreeList } from './freeList.ts'
import { KernelCache } from './kernelCache.ts'

interface Stored extends Handle {
  readonly handle: WebGPUBufferResult
  readonly buffer: WebGPUBuffer
}

type Argument = Handle | number

/** `GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC` */
const USAGE = 0x80 | 0x04
/** The most kernels submitted and not done: those that wait hold memory. */
const AHEAD = 256
/** How long to wait for the reason why reading failed, in milliseconds. */
const PATIENCE = 1000

/**
 * gpu.js's mode `webgpu`: arrays are storage buffers. A kernel's output is set to a buffer of the free list before it runs,
 * where gpu.js would make one. Calls go out at once when the kernel is compiled; answers are promises.
 */
export class WebGPUDriver implements Driver {
  readonly #gpuJs: GpuJs
  readonly #gpu: GPU
  readonly #context: WebGPUContext
  readonly kernels = new KernelCache()
  readonly memory = new FreeList<WebGPUBuffer>(buffer => buffer.destroy())
  #calls = 0

  constructor(gpuJs: GpuJs, gpu: GPU, context: WebGPUContext) {
    this.#gpuJs = gpuJs
    this.#gpu = gpu
    this.#context = context
  }

  get lost(): string | undefined {
    return this.#context.isLost ? 'the WebGPU device was lost' : undefined
  }

  run(
    program: Program,
    threads: number,
    args: readonly Argument[],
    stored?: number,
  ): Promise<readonly Handle[]> {
    const make = () =>
      createKernel(this.#gpu, 'WGSL', program, threads, args, () => 'Array', { pipeline: true })
    const given = args.map(a => (typeof a === 'number' ? a : (a as Stored).handle))
    return this.#call(this.kernels.general(program.source, make), threads, given, stored)
  }

  async upload(values: Float32Array): Promise<Handle> {
    const make = () =>
      createKernel(this.#gpu, 'WGSL', COPY, values.length, [{ length: 0 }], () => 'Array', {
        pipeline: true,
      })
    const [handle] = await this.#call(this.kernels.general('upload', make), values.length, [values])
    return handle
  }

  async read(handle: Handle): Promise<Float32Array> {
    try {
      return await (handle as Stored).handle.toArray()
    } catch (error) {
      // On a lost device reading fails before the loss is told of.
      await Promise.race([this.#context.device.lost, new Promise(resolve => setTimeout(resolve, PATIENCE))])
      throw error
    }
  }

  free(handle: Handle): void {
    const { buffer } = handle as Stored
    this.memory.give(String(buffer.size), buffer, buffer.size)
  }

  destroy(): void {
    void this.#gpu.destroy()
  }

  lose(): void {
    this.#context.device.destroy()
  }

  async #call(
    kernel: KernelShortcut,
    threads: number,
    args: readonly unknown[],
    stored?: number,
  ): Promise<readonly Handle[]> {
    const raw = kernel.kernel
    if (!raw.built) {
      await kernel.build(...args)
      raw.outputBuffer?.destroy()
    }
    const values = stored ?? threads * raw.componentCount
    const bytes = classOf(values * 4)
    const buffer =
      this.memory.take(String(bytes), bytes) ??
      this.#context.device.createBuffer({ size: bytes, usage: USAGE })
    raw.output = [threads]
    raw.outputBuffer = buffer
    raw.bindGroupDirty = true
    await kernel(...args)
    if (++this.#calls % AHEAD === 0) await this.#context.device.queue.onSubmittedWorkDone()
    // Four values a thread are as many in a row, for the kernel that reads them.
    const handle = new this.#gpuJs.WebGPUBufferResult({
      buffer,
      output: [values],
      componentCount: 1,
      context: this.#context,
      kernel: raw,
    })
    return [{ length: values, handle, buffer } as Stored]
  }
}

/** Quarters of a power of two, so that memory serves for sizes nearby. */
function classOf(bytes: number): number {
  if (bytes <= 256) return 256
  const step = 2 ** (Math.floor(Math.log2(bytes - 1)) - 2)
  return Math.ceil(bytes / step) * step
}
