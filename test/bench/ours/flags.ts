import { thisHost } from '../../../engine/backends/wasm/features.ts'
import type { BackendName } from '../../../engine/index.ts'

/** What node wants for a backend: Node 20 has relaxed SIMD behind a flag, which later versions do not know. */
export const flagsOf = (backend: BackendName): string[] =>
  backend === 'wasm-fma' && !thisHost().fma ? ['--experimental-wasm-relaxed-simd'] : []
