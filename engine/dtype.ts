import type { DType } from './backends/backend.ts'
import { checkName, refusal, shown } from './check.ts'

const DTYPES = ['float32', 'float64', 'int32'] as const satisfies readonly DType[]

export function checkDType(op: string, dtype: unknown): asserts dtype is DType {
  checkName(op, 'dtype', dtype, DTYPES)
}

/** Throws unless each of `values` is an integer from -2^31 to 2^31 - 1: what int32 holds. */
export function checkInt32(op: string, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) if ((values[i] | 0) !== values[i]) throw beyond(op, values[i])
}

/** x without its fraction. Throws unless int32 holds that. */
export function toInt32(op: string, x: number): number {
  const whole = Math.trunc(x)
  if ((whole | 0) !== whole) throw beyond(op, x)
  return whole
}

/** Throws unless `value` is a number that `dtype` holds. */
export function checkScalar(op: string, value: unknown, dtype: DType): asserts value is number {
  if (typeof value !== 'number') throw refusal(op, 'a number', value)
  if (dtype === 'int32' && (value | 0) !== value) throw beyond(op, value)
}

const beyond = (op: string, value: number): Error =>
  new Error(`${op}: int32 holds integers from -2^31 to 2^31 - 1, got ${shown(value)}`)
