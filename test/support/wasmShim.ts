import { doubles, floats, integers } from './wasmShim/lanes.ts'
import { f32, f64, i32, select } from './wasmShim/scalars.ts'
import { memory, useMemory, v128 } from './wasmShim/vectors.ts'

/** What the kernels use of AssemblyScript, as plain TypeScript; grows with them. */
const BUILTINS = {
  ...{ v128, f32x4: floats, f64x2: doubles, i32x4: integers },
  ...{ f32, f64, i32, u32: (x: number) => x >>> 0, usize: (x: number) => x >>> 0, bool: Boolean },
  ...{ memory, select, min: Math.min, max: Math.max, abs: Math.abs },
  unreachable() {
    throw new WebAssembly.RuntimeError('unreachable')
  },
}

type Functions = Readonly<Record<string, (...args: number[]) => number | undefined>>

/**
 * The kernels' sources run as plain TypeScript on `buffer`, with the builtins as globals. One buffer at a time: the
 * latest call's.
 */
export async function plainKernels(buffer: ArrayBuffer): Promise<Functions> {
  useMemory(buffer)
  Object.assign(globalThis, BUILTINS)
  // Not a literal, or the compiler would follow it into sources that only AssemblyScript's types fit.
  const sources = '../../engine/backends/wasm/kernels/index.ts'
  return import(sources)
}
