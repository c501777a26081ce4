import { checkOptions, type OptionNames } from '../../check.ts'
import type { Backend } from '../backend.ts'
import { Context } from './context.ts'
import { Device } from './device.ts'
import { elementwise } from './elementwise.ts'
import { loadGpuJs } from './gpuJs.ts'
import { indexing } from './indexing.ts'
import { type GpuInfo, type Mode, restart, startCard, startMode } from './modes.ts'
import { movement } from './movement.ts'
import { pooling } from './pooling.ts'
import { convolution, matmul } from './products/index.ts'
import { reduction } from './reduce.ts'
import { scatter } from './scatter.ts'
import { storage } from './storage.ts'
import { topk } from './topk.ts'

export { type GpuInfo, MODES, type Mode } from './modes.ts'

export interface GpuOptions {
  /** How gpu.js computes. Default: the first of webgpu, webgl2 and webgl that runs on a graphics card. */
  mode?: Mode
}

/** A backend whose kernels run through gpu.js, float32 and int32 (integers up to 2^24). */
export interface Gpu extends Backend, Disposable {
  readonly mode: Mode
  /** What it computes on. */
  info(): GpuInfo
  /** How often values were read back to the host. */
  readonly readbacks: number
  /** Bytes of the arrays on the device, and of these and the memory kept for reuse. */
  readonly used: number
  readonly reserved: number
  /** How many compiled kernels are kept. */
  readonly kernels: number
  /** Loses the device, as the failure of a driver does: for tests. */
  lose(): void
  /** Frees the device's memory and kernels: the backend and its tensors cannot be used afterwards. */
  dispose(): void
}

/**
 * A backend on the graphics card, for `setBackend`, by gpu.js, which it loads. On webgpu a tensor's values come by
 * `await t.data()` alone. Throws when gpu.js is not installed, when `mode` does not run here, and without a mode when there
 * is no graphics card: a software renderer is slower than the backend `wasm`, and has to be asked for by its mode.
 */
export async function gpu(options: GpuOptions = {}): Promise<Gpu> {
  checkOptions('gpu', options, { mode: true } satisfies OptionNames<GpuOptions>)
  const { mode } = options
  const gpuJs = await loadGpuJs()
  const { driver, traits, info } = await (mode === undefined ? startCard(gpuJs) : startMode(gpuJs, mode))
  const device = new Device(driver, traits, () => restart(gpuJs, info.mode))
  const context = new Context(device)
  return {
    name: 'gpu',
    dtypes: ['float32', 'int32'],
    synchronous: traits.synchronous,
    mode: info.mode,
    info: () => info,
    get readbacks() {
      return device.readbacks
    },
    get used() {
      return device.driver.memory.used
    },
    get reserved() {
      return device.driver.memory.reserved
    },
    get kernels() {
      return device.driver.kernels.size
    },
    lose: () => device.driver.lose(),
    dispose: () => device.dispose(),
    [Symbol.dispose]: () => device.dispose(),
    ...storage(context),
    ...elementwise(context),
    ...reduction(context),
    ...topk(context),
    ...movement(context),
    ...indexing(context),
    ...scatter(context),
    ...pooling(context),
    ...matmul(context),
    ...convolution(context),
  }
}
