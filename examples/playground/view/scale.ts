/** Places on an axis. */
export interface Scale {
  (value: number): number
  /** Round numbers inside the domain, ascending. */
  readonly ticks: readonly number[]
}

/** Steps of 1, 2 or 5 times a power of ten, about `count` of them, that lie in [low, high]. */
export function roundTicks(low: number, high: number, count: number): number[] {
  if (!(high > low && count >= 1)) return [low]
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(m => m * power).find(s => s >= rough * (1 - 1e-9)) ?? 10 * power
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  // A step below 1 has as many decimals as its power; the product would leave its rounding in the label.
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toFixed(places)))
}

/** Takes [low, high] evenly to [from, to]; a domain without length goes to the middle. */
export function linear(
  [low, high]: readonly [number, number],
  [from, to]: readonly [number, number],
  count = 5,
): Scale {
  const length = high - low
  const scale = (value: number): number =>
    length > 0 ? from + ((value - low) / length) * (to - from) : (from + to) / 2
  return Object.assign(scale, { ticks: roundTicks(low, high, count) })
}

/** Takes 0..n-1 to the middles of n equal bands of [from, to]. */
export function bands(n: number, [from, to]: readonly [number, number]): Scale {
  const scale = (j: number): number => from + ((j + 0.5) / n) * (to - from)
  return Object.assign(scale, { ticks: Array.from({ length: n }, (_, j) => j) })
}

/** The least round number that is not below any of the values: an axis that rarely changes as values move. */
export function roundTop(values: Iterable<number>, least: number): number {
  let top = least
  for (const value of values) if (value > top) top = value
  const power = 10 ** Math.floor(Math.log10(top))
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map(m => m * power).find(m => m >= top * (1 - 1e-9)) ?? top
}
