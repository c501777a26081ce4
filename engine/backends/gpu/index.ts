import { checkOptions, type OptionNames } from '../../check.ts'
import type { Backend } from '../backend.ts'
import { Core } from './core.ts'
import { Device } from './device.ts'
import { elementwise } from './elementwise.ts'
import { indexing } from './indexing.ts'
import { loadLibrary } from './library.ts'
import type { Mode } from './mode.ts'
import { movement } from './movement.ts'
import { pooling } from './pooling.ts'
import { convolution } from './products/conv2d.ts'
import { matmul } from './products/matmul.ts'
import { reduction } from './reduce.ts'
import { type Info, restart, startCard, startMode } from './start.ts'
import { storage } from './storage.ts'

export { MODES, type Mode } from './mode.ts'
export type { Info } from './start.ts'

export interface GpuOptions {
  /** How gpu.js computes. Default: the first of webgpu, webgl2 and webgl that answers with a graphics card. */
  mode?: Mode
}

/** A backend whose kernels run through gpu.js, float32 and int32 (integers up to 2^24). */
export interface Gpu extends Backend {
  readonly mode: Mode
  /** What really computes. */
  info(): Info
  /** How often values were read back to the host. */
  readonly readbacks: number
  /** Bytes that arrays take on the device, and with what waits for its next use. */
  readonly used: number
  readonly reserved: number
  /** How many kernels were compiled and are kept. */
  readonly kernels: number
  /** Loses the device, as the failure of a driver does: for tests. */
  lose(): void
}

/**
 * Starts gpu.js in a mode. On webgpu a tensor's values come by `await t.data()` alone. Throws when the mode does not run
 * here, and without a mode when no graphics card answers: programs that stand for one are slower than `wasm`, and have to
 * be asked for by name.
 */
export async function gpu(options: GpuOptions = {}): Promise<Gpu> {
  checkOptions('gpu', options, { mode: true } satisfies OptionNames<GpuOptions>)
  const { mode } = options
  const library = await loadLibrary()
  const { driver, traits, info } = await (mode === undefined ? startCard(library) : startMode(library, mode))
  const device = new Device(driver, traits, () => restart(library, info.mode))
  const core = new Core(device)
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
      return device.driver.used
    },
    get reserved() {
      return device.driver.reserved
    },
    get kernels() {
      return device.driver.kernels
    },
    lose: () => device.driver.lose(),
    ...storage(core),
    ...elementwise(core),
    ...reduction(core),
    ...movement(core),
    ...indexing(core),
    ...pooling(core),
    ...matmul(core),
    ...convolution(core),
  }
}
