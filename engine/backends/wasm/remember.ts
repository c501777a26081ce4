import type { Convolution } from '../backend.ts'

/** More geometries than a net has. */
const MOST = 256

/** f, remembering what it made of the last geometries: a training step meets the same ones again and again. */
export function remember<T>(f: (g: Convolution) => T): (g: Convolution) => T {
  const made = new Map<string, T>()
  return g => {
    const key = JSON.stringify(g)
    const known = made.get(key)
    if (known !== undefined) return known
    if (made.size === MOST) made.delete(made.keys().next().value!)
    const result = f(g)
    made.set(key, result)
    return result
  }
}
