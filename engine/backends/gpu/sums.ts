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
