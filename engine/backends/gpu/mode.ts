/** How gpu.js may compute; the last two are the processor's. */
export const MODES = ['webgpu', 'webgl2', 'webgl', 'headlessgl', 'webasm', 'cpu'] as const

export type Mode = (typeof MODES)[number]
