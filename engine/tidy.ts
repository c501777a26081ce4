import type { Tensor } from './tensor.ts'

/**
 * Scopes of memory. Every tensor belongs to the innermost `tidy` that was running when it was made; at the
 * scope's end all of them are released, except what the function returned, what `keep` took out, and what was
 * released by hand. A tensor outside every scope is the backend's to find when nobody holds it any more.
 */
const scopes: Tensor[][] = []

/** Called by each new tensor, and when one passes to the scope around its own. */
export function enterScope(t: Tensor): void {
  const scope = scopes.at(-1)
  if (scope === undefined) adopt(t)
  else scope.push(t)
}

const adopt = (t: Tensor): void => t.backend.adopt?.(t.array.buffer)

/**
 * Runs `f` and releases every tensor made meanwhile, but for those in its result (a tensor, or arrays and plain
 * objects of tensors), which pass to the scope around it. Throws when `f` is async: a scope cannot wait.
 */
export function tidy<T>(f: () => T): T {
  const scope: Tensor[] = []
  scopes.push(scope)
  let result: T
  try {
    result = f()
    if (result instanceof Promise) throw new Error('tidy: f is synchronous, got a Promise')
  } catch (error) {
    for (const t of scope) if (!t.released) t.release()
    throw error
  } finally {
    scopes.pop()
  }
  const results = new Set<Tensor>()
  forEachTensor(result, t => results.add(t))
  for (const t of scope) {
    if (t.released) continue
    if (results.has(t)) enterScope(t)
    else t.release()
  }
  return result
}

/** Takes `t` out of every scope: it lives until `release` or the garbage collector. Returns `t`. */
export function keep(t: Tensor): Tensor {
  for (const scope of scopes) {
    const at = scope.lastIndexOf(t)
    if (at >= 0) scope.splice(at, 1)
  }
  adopt(t)
  return t
}

function forEachTensor(value: unknown, visit: (t: Tensor) => void): void {
  if (typeof value !== 'object' || value === null) return
  // Told by its members, since tensor.ts imports this file.
  if ('backend' in value && 'release' in value) visit(value as Tensor)
  else if (Array.isArray(value)) for (const item of value) forEachTensor(item, visit)
  else if (Object.getPrototypeOf(value) === Object.prototype) {
    for (const item of Object.values(value)) forEachTensor(item, visit)
  }
}
