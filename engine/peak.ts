/** A backend that counts, or one that does not. */
interface Counting {
  readonly used?: number
}

/** Where `withPeak` counts, and the most so far. */
let watched: { readonly backend: Counting; bytes: number } | undefined

/**
 * What `f` gives, and the most bytes of `backend` that were in use as it began and as each tensor was made; undefined where
 * the backend does not count. What a kernel takes for itself meanwhile is not seen.
 */
export function withPeak<T>(backend: Counting, f: () => T): { result: T; peak?: number } {
  if (backend.used === undefined) return { result: f() }
  const around = watched
  const here = { backend, bytes: backend.used }
  watched = here
  try {
    const result = f()
    return { result, peak: here.bytes }
  } finally {
    watched = around
    if (around?.backend === backend) around.bytes = Math.max(around.bytes, here.bytes)
  }
}

/** Called as a tensor is made on `backend`. */
export function noteUse(backend: Counting): void {
  if (watched?.backend !== backend) return
  watched.bytes = Math.max(watched.bytes, backend.used as number)
}
