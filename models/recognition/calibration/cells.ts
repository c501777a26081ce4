/** Pairs that were counted, by the identities of their sides. */
export interface Cells {
  /** How many identities there are: a and b are below it. */
  readonly identities: number
  /** For each two identities that occur together: who they are, how many pairs, and how many of these have the event. */
  readonly a: Int32Array
  readonly b: Int32Array
  readonly pairs: Float64Array
  readonly events: Float64Array
}

/** The pairs that `counts` takes, in cells of two identities.  a[P] b[P] -> cells */
export function cellsOf(
  identities: number,
  a: Int32Array,
  b: Int32Array,
  counts: (p: number) => boolean,
  hasEvent: (p: number) => boolean,
): Cells {
  const places = new Map<number, number>()
  const [first, second, pairs, events]: number[][] = [[], [], [], []]
  for (let p = 0; p < a.length; p++) {
    if (!counts(p)) continue
    const [low, high] = a[p] < b[p] ? [a[p], b[p]] : [b[p], a[p]]
    const key = low * identities + high
    let place = places.get(key)
    if (place === undefined) {
      place = first.length
      places.set(key, place)
      first.push(low)
      second.push(high)
      pairs.push(0)
      events.push(0)
    }
    pairs[place]++
    if (hasEvent(p)) events[place]++
  }
  return {
    identities,
    a: Int32Array.from(first),
    b: Int32Array.from(second),
    pairs: Float64Array.from(pairs),
    events: Float64Array.from(events),
  }
}
