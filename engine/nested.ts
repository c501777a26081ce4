import { isRecord } from './check.ts'

/** An array or a plain object: values by a key. */
export type Branch = Readonly<Record<string, unknown>>

export const isBranch = (value: unknown): value is Branch => Array.isArray(value) || isRecord(value)

/** `branch[key] = value`, whatever the key: to `__proto__` objects do not assign. */
export function put(branch: object, key: string, value: unknown): void {
  if (key !== '__proto__') (branch as Record<string, unknown>)[key] = value
  else Object.defineProperty(branch, key, { value, configurable: true, enumerable: true, writable: true })
}

/** How a path goes on to `key`: `[0]` in an array, `.w` in an object. */
export const step = (branch: object, key: string): string => (Array.isArray(branch) ? `[${key}]` : `.${key}`)

/**
 * Calls `leaf` with each value within `root` that is no branch, to any depth, and with its path, such as
 * `.layers[0].w`; once, where a branch is held twice. By a stack of its own, so that depth costs none of the
 * program's. Throws `circle` where a branch is met within itself.
 */
export function eachLeaf(
  root: unknown,
  leaf: (value: unknown, path: () => string) => void,
  circle: (path: string) => Error,
): void {
  // Most results of tidy are one tensor or none, and most trees one record: they need no stack.
  if (!isBranch(root)) {
    leaf(root, () => '')
    return
  }
  const all = Object.keys(root)
  if (!all.some(key => isBranch(root[key]))) {
    for (const key of all) leaf(root[key], () => step(root, key))
    return
  }
  const branches: { of: Branch; keys: readonly string[]; next: number }[] = []
  const open = new Set<Branch>()
  const done = new Set<Branch>()
  const path = (): string => branches.map(({ of, keys, next }) => step(of, keys[next - 1])).join('')
  const enter = (value: unknown): void => {
    if (!isBranch(value)) leaf(value, path)
    else if (open.has(value)) throw circle(path())
    else if (!done.has(value)) {
      open.add(value)
      branches.push({ of: value, keys: Object.keys(value), next: 0 })
    }
  }
  enter(root)
  for (let branch = branches.at(-1); branch !== undefined; branch = branches.at(-1)) {
    if (branch.next < branch.keys.length) enter(branch.of[branch.keys[branch.next++]])
    else {
      branches.pop()
      open.delete(branch.of)
      done.add(branch.of)
    }
  }
}
