/** More keys than a training meets again and again: the convolutions of a net, the signatures of the ops. */
const MOST = 256

/**
 * `make`, which keeps what it made of the latest keys: strings and numbers as they are, objects by their JSON, and those that
 * were seen before by themselves, since JSON takes longer than much of what it saves. So they must not change.
 */
export function memo<Key, T>(make: (key: Key) => T): (key: Key) => T {
  const made = new Map<unknown, T>()
  const seen = new WeakMap<object, T>()
  const named = (name: unknown, key: Key): T => {
    if (made.has(name)) return made.get(name) as T
    if (made.size === MOST) made.delete(made.keys().next().value)
    const result = make(key)
    made.set(name, result)
    return result
  }
  return key => {
    if (typeof key !== 'object' || key === null) return named(key, key)
    if (seen.has(key)) return seen.get(key) as T
    const result = named(JSON.stringify(key), key)
    seen.set(key, result)
    return result
  }
}
