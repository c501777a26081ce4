import { checkFinite, checkFlag, checkInteger, checkList, checkNumber, refusal } from './check.ts'
import { checkDType } from './dtype.ts'
import { checkShape, type Shape } from './shape.ts'

/**
 * What an attribute of an op may be, given the shapes of the inputs: `attrs` in an op's row names one for each, and
 * `apply` asks it on every call. Throws `op: expected X, got Y`.
 */
export type Check = (
  op: string,
  name: string,
  value: unknown,
  shapes: Readonly<Record<string, Shape>>,
) => void

/** True or false. */
export const flag: Check = checkFlag

export const dtype: Check = (op, _, value) => checkDType(op, value)

/** A number from `low` to `high`, by default any but NaN. */
export const real =
  (low?: number, high?: number): Check =>
  (op, name, value) =>
    checkNumber(op, name, value, low, high)

/** A number that is neither NaN nor infinite. */
export const finite = real(-Number.MAX_VALUE, Number.MAX_VALUE)

/** What is added so that nothing is divided by 0. */
export const epsilon = real(0, Number.MAX_VALUE)

/** A finite number above 0. */
export const positiveNumber: Check = (op, name, value) => checkFinite(op, name, value)

export const integer =
  (low?: number, high?: number): Check =>
  (op, name, value) =>
    checkInteger(op, name, value, low, high)

/** The sizes of a tensor. */
export const sizes: Check = (op, _, value) => checkShape(op, value)

/** An axis of the input `of`, counted from the left; `more` than it has, for one that is to be made. */
export const axis =
  (of: string, more = 0): Check =>
  (op, name, value, shapes) =>
    checkInteger(op, name, value, 0, shapes[of].length + more - 1)

/** Axes of the input `of`, counted from the left, none of them twice. */
export const axes =
  (of: string): Check =>
  (op, name, value, shapes) => {
    checkList(op, name, value, 'such as [0, 1]')
    for (let i = 0; i < value.length; i++) {
      checkInteger(op, name, value[i], 0, shapes[of].length - 1)
      if (i > 0 && value.indexOf(value[i]) < i) throw refusal(op, `${name} that differ`, value)
    }
  }

/** Integers, of at least `low` where that is given, one for each axis of the input `of`. */
export const each =
  (of: string, low?: number): Check =>
  (op, name, value, shapes) => {
    checkList(op, name, value, 'an integer an axis', shapes[of].length)
    for (let i = 0; i < value.length; i++) checkInteger(op, name, value[i], low)
  }

/** Two integers of at least `low`, of height and width. */
export const two =
  (low: number): Check =>
  (op, name, value) => {
    checkList(op, name, value, '[height, width]', 2)
    checkInteger(op, name, value[0], low)
    checkInteger(op, name, value[1], low)
  }
