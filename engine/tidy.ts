import type { Buffer } from './backends/backend.ts'
import { checkFunction, checkNoMore, checkSynchronous, refusal } from './check.ts'
import { eachLeaf } from './nested.ts'

/** What a scope holds: a tensor, told by its members, since tensor.ts imports this file. */
interface Held {
  readonly disposed: boolean
  readonly array: { readonly buffer: Buffer }
  readonly backend: { leaveToCollector?(buffer: Buffer): void }
  dispose(): void
}

/**
 * Scopes of memory. Every tensor belongs to the innermost `tidy` that was running when it was made; at the
 * scope's end all of them are released, except what the function returned, what `keep` took out, and what was
 * released by hand. A tensor outside every scope is the backend's to find when nobody holds it any more.
 */
const scopes: Held[][] = []

/** Called by each new tensor, and when one passes to the scope around its own. */
export function enterScope(t: Held): void {
  const scope = scopes.at(-1)
  if (scope === undefined) leaveToCollector(t)
  else scope.push(t)
}

const leaveToCollector = (t: Held): void => t.backend.leaveToCollector?.(t.array.buffer)

/**
 * Runs `f` and releases every tensor made meanwhile, but for those in its result (a tensor, or arrays and plain
 * objects of tensors), which pass to the scope around it. Throws when `f` is async, since a scope cannot wait, and
 * when the result holds itself.
 */
export function tidy<T>(f: () => T): T {
  checkFunction('tidy', 'f', f)
  const scope: Held[] = []
  scopes.push(scope)
  const results = new Set<Held>()
  let result: T
  try {
    result = f()
    checkSynchronous('tidy', result)
    collect(result, results)
  } catch (error) {
    for (const t of scope) if (!t.disposed) t.dispose()
    throw error
  } finally {
    scopes.pop()
  }
  for (const t of scope) {
    if (t.disposed) continue
    if (results.has(t)) enterScope(t)
    else t.dispose()
  }
  return result
}

/** Takes `t` out of every scope: it lives until `dispose` or the garbage collector. Returns `t`. */
export function keep<T extends Held>(t: T, ...none: never[]): T {
  checkNoMore('keep', none, 'keep(t), one tensor a call;')
  if (typeof t !== 'object' || t === null || !isTensor(t)) throw refusal('keep', 'a tensor', t)
  for (const scope of scopes) {
    const at = scope.lastIndexOf(t)
    if (at >= 0) scope.splice(at, 1)
  }
  leaveToCollector(t)
  return t
}

/** Adds the tensors within `value` to `found`. */
const collect = (value: unknown, found: Set<Held>): void =>
  eachLeaf(
    value,
    leaf => {
      if (typeof leaf === 'object' && leaf !== null && isTensor(leaf)) found.add(leaf)
    },
    circle,
  )

const circle = (): Error => new Error('tidy: a result that does not hold itself expected, got a circle')

const isTensor = (value: object): value is Held => 'backend' in value && 'dispose' in value
