// What the kernel `rows` computes; the TypeScript side reads the codes here, too.

/** z = x, of any type. */
export const COPY = 0

export const ADD = 1
export const SUB = 2
export const MUL = 3
export const DIV = 4
export const MAXIMUM = 5
export const MINIMUM = 6
export const POW = 7

export const EQUAL = 8
export const NOT_EQUAL = 9
export const LESS = 10
export const LESS_EQUAL = 11
export const GREATER = 12
export const GREATER_EQUAL = 13

/** x where y > 0, else 0. */
export const GATE = 20

// The same of int32.
export const INT_EQUAL = 14
export const INT_NOT_EQUAL = 15
export const INT_LESS = 16
export const INT_LESS_EQUAL = 17
export const INT_GREATER = 18
export const INT_GREATER_EQUAL = 19
