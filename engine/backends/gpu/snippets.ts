/**
 * floor(i / n), exact for integers 0 <= i < 2^24: the quotient of floats may be off by one, which the remainder tells.
 */
export const DIV = `function div(i, n) {
  let q = Math.floor((i + 0.5) / n);
  const r = i - q * n;
  if (r < 0) { q = q - 1; }
  if (r >= n) { q = q + 1; }
  return q;
}`

/**
 * The end of a loop, the lesser of two. Not by Math.min: gpu.js takes that for a constant, and writes a loop that
 * GLSL ES 1.00 refuses.
 */
export const lesser = (a: string, b: string): string => `${a} < ${b} ? ${a} : ${b}`

/**
 * Whether x is finite; false of NaN. Not by comparing with the largest float, which a compiler may round up to Infinity.
 */
export const finite = (x: string): string => `Math.abs(${x}) * 0.5 < ${2 ** 127}`

/** 1 where v takes the place of the largest before it, else 0: NaN is the largest, and the first of equals stays. */
export const ABOVE = `function above(v, best) {
  let z = v > best ? 1 : 0;
  if (notANumber(v) > 0.5) { z = 1; }
  if (notANumber(best) > 0.5) { z = 0; }
  return z;
}`

/**
 * The text of a sum of any number of terms, taken one by one where they are found. A chain of float32 additions is off by
 * as many roundings as it has terms; here no chain is longer than 64: each that is full joins the next, which holds 64
 * times as much. (Sums that carry their rounding error along are no way: compilers simplify (a + b) - a.)
 */
const PART = 64

/** Chains above the first: 64^4 terms are as many as a tensor holds. */
const CHAINS = [1, 2, 3] as const

/** Statements that begin the sum, before the loops. */
export const BEGIN_SUM = `let sum0 = 0; ${CHAINS.map(i => `let sum${i} = 0; let full${i} = 0;`).join(' ')}`

/** A statement that adds a term to it. */
export const addTerm = (term: string): string => `sum0 += ${term}; ${join(1)}`

/** The sum, after them. */
export const SUM = `(sum0 + ${CHAINS.map(i => `sum${i}`).join(' + ')})`

const join = (i: number): string =>
  i > CHAINS.length
    ? ''
    : `full${i} += 1; if (full${i} === ${PART}) { full${i} = 0; sum${i} += sum${i - 1}; sum${i - 1} = 0; ${join(i + 1)}}`
