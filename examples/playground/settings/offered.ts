import type { BackendChoice } from './settings.ts'

/** Parts of a browser's navigator that its types do not know everywhere. */
interface WithGpu {
  readonly gpu?: { requestAdapter(): Promise<object | null> }
}

/** Which backends this browser can offer, as far as it can be told without starting them. */
export async function offeredBackends(): Promise<ReadonlySet<BackendChoice>> {
  const offered = new Set<BackendChoice>(['wasm'])
  // Results are drawn as floats.
  const gl = typeof OffscreenCanvas === 'function' ? new OffscreenCanvas(1, 1).getContext('webgl2') : null
  if (gl?.getExtension('EXT_color_buffer_float')) offered.add('webgl2')
  gl?.getExtension('WEBGL_lose_context')?.loseContext()
  const adapter = await (navigator as WithGpu).gpu?.requestAdapter().catch(() => null)
  if (adapter) offered.add('webgpu')
  return offered
}
