/** Bits of a digit: three make a word of 32. */
const DIGIT = 11
const DIGITS = 1 << DIGIT

/**
 * The indices of finite scores in descending order of these, of equals the lower first.  s[N] -> [N]
 * A radix sort of their bits, from the lowest digit to the highest: six passes, and no comparison.
 */
export function descendingOrder(scores: ArrayLike<number>): Int32Array {
  const n = scores.length
  const words = keys(scores)
  let [order, next] = [new Int32Array(n), new Int32Array(n)]
  for (let i = 0; i < n; i++) order[i] = i
  for (const word of words) {
    for (let shift = 0; shift < 32; shift += DIGIT) {
      const places = starts(word, shift)
      if (places === undefined) continue
      for (let i = 0; i < n; i++) {
        const p = order[i]
        next[places[(word[p] >>> shift) & (DIGITS - 1)]++] = p
      }
      ;[order, next] = [next, order]
    }
  }
  return order
}

/** The bits of each score, the lower word and the upper, so that the larger score has the smaller unsigned number. */
function keys(scores: ArrayLike<number>): [Int32Array, Int32Array] {
  const values = Float64Array.from(scores)
  // -0 and 0 are equal.
  for (let i = 0; i < values.length; i++) values[i] += 0
  const bits = new Int32Array(values.buffer)
  const [low, high] = [new Int32Array(scores.length), new Int32Array(scores.length)]
  const [atLow, atHigh] = LITTLE_ENDIAN ? [0, 1] : [1, 0]
  for (let i = 0; i < scores.length; i++) {
    const top = bits[2 * i + atHigh]
    // The bits of negative numbers grow as these fall; those of others are turned, and so is the sign.
    const turn = top < 0 ? 0 : -1
    low[i] = bits[2 * i + atLow] ^ turn
    high[i] = top < 0 ? top : top ^ 0x7fffffff
  }
  return [low, high]
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

/** Where the keys of each digit begin; undefined where all have one digit. */
function starts(word: Int32Array, shift: number): Int32Array | undefined {
  const counts = new Int32Array(DIGITS)
  for (let i = 0; i < word.length; i++) counts[(word[i] >>> shift) & (DIGITS - 1)]++
  let sum = 0
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = counts[digit]
    if (count === word.length) return undefined
    counts[digit] = sum
    sum += count
  }
  return counts
}
