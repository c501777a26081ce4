/** More keys than a training meets again and again: the convolutions of a net, the signatures of the ops. */
const MOST = 256

/** `make`, which keeps what it made of the latest keys: strings and numbers as they are, objects by their JSON. */
export function memo<Key, T>(make: (key: Key) => T): (key: Key) => T {
  const made = new Map<unknown, T>()
  return key => {
    const name = typeof key === 'object' ? JSON.stringify(key) : key
    const known = made.get(name)
    if (known !== undefined) return known
    if (made.size === MOST) made.delete(made.keys().next().value)
    const result = make(key)
    made.set(name, result)
    return result
  }
}
