import type { TypedArray } from '../../engine/backends/backend.ts'

/** What to compare with, computed in float64. */
export interface Truth {
  readonly exact: TypedArray
  /** The same, with random errors of the size of `tolerance`, others each turn; not given where a result has to be exact. */
  noisy?(turn: number): TypedArray | Promise<TypedArray>
}

/** What can be asked of a backend. */
export interface Accuracy {
  readonly tolerance: number
  /** Its smallest float above 0: 2^-126 where what is below normal numbers may become 0. Default 2^-149. */
  readonly smallest?: number
}

/** How often `noisy` is called at most: random errors may cancel out in a result by chance, hardly in all of these. */
const TRIES = 6

/**
 * Fails unless each element of `actual`, computed in float32, lies within `tolerance` of the truth, relative to the
 * magnitudes that went into it.
 *
 * Those are not the result's: in a sum of terms that cancel, errors are as large as the terms. But they need no other
 * account of the function than the function itself: an element may be off by what it moves when what goes in is off by
 * random shares of `tolerance`, and by `tolerance` of itself. For z = sum a_i x_i that is at most `tolerance` times
 * sum |a_i x_i|, and it follows a function through all its steps. In the words of numerical analysis, the nearly right
 * result of nearly the right inputs is asked for. Kinks and ties need no exception, as long as inputs keep clear of
 * them by more than the noise.
 *
 * Below float32's normal numbers results are spaced evenly: a few of those steps are allowed too. NaN is NaN and
 * infinities are infinities, unless a permitted result rounds to them.
 *
 * A bound only grows with the number of tries: they end as soon as all elements are within theirs.
 */
export async function expectParity(
  actual: TypedArray,
  { exact, noisy }: Truth,
  { tolerance, smallest = 2 ** -149 }: Accuracy,
  what = '',
): Promise<void> {
  const of = what && `${what}: `
  if (actual.length !== exact.length) {
    throw new Error(`${of}${exact.length} elements expected, got ${actual.length}`)
  }
  const moves = new Float64Array(exact.length)
  const bound = (i: number): number =>
    noisy === undefined ? 0 : moves[i] + tolerance * Math.abs(exact[i]) + STEPS * smallest
  const findWrong = (): number => actual.findIndex((x, i) => !within(x, exact[i], bound(i)))
  let wrong = findWrong()
  for (let turn = 0; wrong >= 0 && noisy !== undefined && turn < TRIES; turn++) {
    const moved = await noisy(turn)
    moved.forEach((x, i) => {
      const move = Math.abs(x - exact[i])
      if (Number.isFinite(move)) moves[i] = Math.max(moves[i], move)
    })
    wrong = findWrong()
  }
  if (wrong < 0) return
  const [x, y] = [actual[wrong], exact[wrong]]
  throw new Error(
    `${of}element ${wrong} of ${actual.length}: ${y} within ${bound(wrong)} expected, got ${x}, off by ${Math.abs(x - y)}`,
  )
}

/** So many of the smallest floats are allowed. */
const STEPS = 10

function within(x: number, y: number, bound: number): boolean {
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) && Number.isNaN(y)
  if (x === y || x === Math.fround(y)) return true
  return Math.fround(y - bound) <= x && x <= Math.fround(y + bound)
}
