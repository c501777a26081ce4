import type { Backend, NDArray, TypedArray } from '../../engine/backends/backend.ts'
import { reference } from '../../engine/backends/reference/index.ts'
import type { Generator } from '../../engine/index.ts'

/** Kernels whose results are values of their inputs, or exact in any precision. */
const EXACT: ReadonlySet<string> = new Set([
  ...[
    'cast',
    'fill',
    'where',
    'broadcastTo',
    'argmax',
    'slice',
    'interiorPad',
    'permute',
    'concat',
    'gather',
    'take',
    'maxPool2d',
  ],
  ...['neg', 'abs', 'sign', 'relu', 'max', 'min', 'maximum', 'minimum'],
  ...['equal', 'notEqual', 'less', 'lessEqual', 'greater', 'greaterEqual'],
])
const HOST: ReadonlySet<string> = new Set(['read', 'readSync', 'free', 'leaveToCollector'])

/**
 * The reference in float64, but every value that comes in and every result that is rounded is off by a random share of
 * `noise`, relative to itself, by half of it at least: Monte Carlo arithmetic (Parker 1997).
 */
export function noisy(noise: number, rng: Generator): Backend {
  const disturb = (values: TypedArray): TypedArray => {
    if (values instanceof Int32Array) return values
    return values.map(x => x * (1 + noise * (rng.uniform() < 0.5 ? -1 : 1) * rng.uniform(0.5, 1)))
  }
  const again = (z: NDArray): NDArray => reference.upload(disturb(reference.readSync(z)), z.shape, z.dtype)
  const entries = Object.entries(reference).map(([name, kernel]) => {
    if (typeof kernel !== 'function' || HOST.has(name) || EXACT.has(name)) return [name, kernel]
    return [
      name,
      (...args: never[]) => {
        const z = (kernel as (...args: never[]) => NDArray)(...args)
        return EXACT.has(args[0]) ? z : again(z)
      },
    ]
  })
  return { ...Object.fromEntries(entries), name: 'noisy' }
}
