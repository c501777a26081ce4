import { BASE64 } from './module.ts'

/** The compiled kernels. */
export const moduleBytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(BASE64), c => c.charCodeAt(0))

/** Whether this host runs the kernels: WebAssembly with 128-bit SIMD, and a memory that grows without detaching. */
export function hasSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(moduleBytes())
}
