import type { Case } from './case.ts'
import { type Common, convolutions, product } from './products.ts'
import { stepCase } from './step.ts'

/**
 * A software renderer needs some tenths of a second a call. Warm-up: our kernels are compiled for
 * their shapes at the third call.
 */
const COMMON: Common = { tolerance: 1e-3, budget: 15_000, limit: 120_000, warmUp: 4 }
/** Images of a convolution, and of a step. */
const IMAGES = 8
const BATCH = 64

/** Where ours is measured, and with whom. */
export const GPU_MODES = ['webgl2', 'webgpu', 'headlessgl'] as const
export type GpuMode = (typeof GPU_MODES)[number]

export const gpuCases = (mode: GpuMode): Case[] =>
  [
    ...[256, 512, 1024].map(n => product(COMMON, n, n, n)),
    ...convolutions(COMMON, { batch: IMAGES, c: 32, size: 28, o: 32, kernel: 5, stride: 1 }),
    ...convolutions(COMMON, { batch: IMAGES, c: 64, size: 14, o: 64, kernel: 3, stride: 1 }),
    { ...stepCase(10, BATCH), ...COMMON, tolerance: 1e-2 },
  ].map(c => ({ ...c, name: `${mode} ${c.name}` }))

export const gpuTitle = (mode: GpuMode): string =>
  `${mode}: convolutions of ${IMAGES} images, the step of ${BATCH}; a call ends when one element of its result is read`
