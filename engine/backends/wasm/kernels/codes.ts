// What the kernel `broadcast` computes, by the names of the backend's functions: the host reads the codes here, too.

/** z = x, of any type. */
export const copy = 0

export const add = 1
export const sub = 2
export const mul = 3
export const div = 4
export const maximum = 5
export const minimum = 6
export const pow = 7

export const equal = 8
export const notEqual = 9
export const less = 10
export const lessEqual = 11
export const greater = 12
export const greaterEqual = 13

// The same of int32.
export const equalInt = 14
export const notEqualInt = 15
export const lessInt = 16
export const lessEqualInt = 17
export const greaterInt = 18
export const greaterEqualInt = 19

/** x where y > 0, else 0. */
export const reluGrad = 20
/** x where x > 0, else y x. */
export const prelu = 21

// Each in a file of its own.
export const fmod = 22
export const remainder = 23
export const atan2 = 24
