import type { Backend } from '../../engine/backends/backend.ts'

/** A switch of a test: what looks at it fails while it is on. */
export interface Trip {
  on: boolean
  /** Of a backend's kernels, how many still work. */
  left: number
}

export const tripped = (what: string): never => {
  throw new Error(`tripped: ${what}`)
}

/** What a backend does without computing. */
const HOST: ReadonlySet<PropertyKey> = new Set([
  'read',
  'readSync',
  'valuesInPlace',
  'free',
  'leaveToCollector',
  'info',
])

/**
 * The backend, whose kernels find no memory once `left` of them have worked, while the trip is on. `live` counts the
 * buffers that it made and that were not given back.
 */
export function failing<B extends Backend>(inner: B, trip: Trip): { backend: B; live: () => number } {
  const made = new Set<object>()
  const backend = new Proxy(inner, {
    get(target, key) {
      const member = Reflect.get(target, key, target)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) => {
        if (trip.on && !HOST.has(key) && trip.left-- <= 0) tripped('no memory')
        if (key === 'free') made.delete(args[0] as object)
        const result = member.apply(target, args)
        if (typeof result === 'object' && result !== null && 'buffer' in result && 'shape' in result) {
          made.add(result.buffer as object)
        }
        return result
      }
    },
  })
  return { backend, live: () => made.size }
}
