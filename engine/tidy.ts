import type { Buffer } from './backends/backend.ts'
import { checkFunction, checkNoMore, checkSynchronous, refusal } from './check.ts'
import { eachLeaf, isBranch } from './nested.ts'

/** What a scope holds: a tensor, told by its members, since tensor.ts imports this file. */
interface Held extends Owned {
  readonly saved: boolean
  readonly disposed: boolean
  readonly array: { readonly buffer: Buffer }
  readonly backend: { leaveToCollector?(buffer: Buffer): void }
  dispose(): void
}

/** What was made in it, in order. */
export type Scope = readonly unknown[]

export interface Owned {
  /** The scope that will release it; undefined outside every scope. */
  scope: Scope | undefined
}

/**
 * Scopes of memory. Every tensor belongs to the innermost `tidy` that was running when it was made; at the
 * scope's end all of them are released, except what the function returned, what `keep` took out, and what was
 * released by hand. A tensor outside every scope is the backend's to find when nobody holds it any more.
 */
const scopes: Held[][] = []

/** Called by each new tensor, and when one passes to the scope around its own. */
export function enterScope(t: Held): void {
  const scope = scopes[scopes.length - 1]
  t.scope = scope
  if (scope === undefined) leaveToCollector(t)
  else scope.push(t)
}

/** How deep within scopes what is made now lies. */
export const innermost = (): number => scopes.length - 1

/** How deep the scope of `t` lies within others; -1 outside every one. */
export const depthOf = ({ scope }: Owned): number =>
  scope === undefined ? -1 : scopes.lastIndexOf(scope as Held[])

const leaveToCollector = (t: Held): void => t.backend.leaveToCollector?.(t.array.buffer)

/**
 * Runs `f` and releases every tensor made meanwhile, but for those in its result (a tensor, or arrays and plain
 * objects of tensors), which pass to the scope around it. Throws when `f` is async, since a scope cannot wait, and
 * when the result holds itself.
 */
export function tidy<T>(f: () => T): T {
  checkFunction('tidy', 'f', f)
  let results: Held | Set<Held> | undefined
  const { scope, result } = inScope(() => {
    const value = f()
    checkSynchronous('tidy', value)
    results = heldBy(value)
    return value
  })
  for (const t of scope) {
    if (t.disposed || t.scope !== scope) continue
    if (t === results || (results instanceof Set && results.has(t))) enterScope(t)
    else t.dispose()
  }
  return result
}

/**
 * Runs `f` with a scope of its own, whose tensors it may release one by one, and no others. What is left of them passes to
 * the scope around it; when `f` throws, all are released.
 */
export function owning<T>(f: (scope: Scope) => T): T {
  const { scope, result } = inScope(f)
  for (const t of scope) if (!t.disposed && t.scope === scope) enterScope(t)
  return result
}

/** Runs `f` in a new scope, which is released when it throws, and is the caller's to empty otherwise. */
function inScope<T>(f: (scope: Scope) => T): { scope: Held[]; result: T } {
  const scope: Held[] = []
  scopes.push(scope)
  try {
    return { scope, result: f(scope) }
  } catch (error) {
    for (const t of scope) if (!t.disposed && t.scope === scope) t.dispose()
    throw error
  } finally {
    scopes.pop()
  }
}

/** Takes `t` out of every scope: it lives until `dispose` or the garbage collector. Returns `t`. */
export function keep<T extends Held>(t: T, ...none: never[]): T {
  checkNoMore('keep', none, 'keep(t), one tensor a call;')
  if (typeof t !== 'object' || t === null || !isTensor(t)) throw refusal('keep', 'a tensor', t)
  t.scope = undefined
  leaveToCollector(t)
  return t
}

/** For the only one who holds `t`, and is done with it: releases it, unless a rule of the graph reads it. */
export function letGo(t: Held): void {
  if (!t.saved && !t.disposed) t.dispose()
}

/** The tensors within `value`: mostly it is one. */
function heldBy(value: unknown): Held | Set<Held> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (isTensor(value)) return value
  if (!isBranch(value)) return undefined
  const found = new Set<Held>()
  eachLeaf(
    value,
    leaf => {
      if (typeof leaf === 'object' && leaf !== null && isTensor(leaf)) found.add(leaf)
    },
    circle,
  )
  return found
}

const circle = (): Error => new Error('tidy: a result that does not hold itself expected, got a circle')

const isTensor = (value: object): value is Held => 'backend' in value && 'dispose' in value
