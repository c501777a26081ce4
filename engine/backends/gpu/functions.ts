import type { Binary, Unary } from '../backend.ts'

/** An expression of `a` (and `b`) in a kernel, and the functions that it calls. */
export interface Formula {
  readonly formula: string
  readonly functions?: readonly string[]
  /** It holds for int32 too. */
  readonly integers?: boolean
}

export const UNARY: Readonly<Record<Unary, Formula>> = {
  neg: { formula: '-a' },
  exp: { formula: 'Math.exp(a)' },
  log: { formula: 'Math.log(a)' },
  log1p: { formula: 'Math.log(1 + a)' },
  expm1: { formula: 'Math.exp(a) - 1' },
  sqrt: { formula: 'Math.sqrt(a)' },
  rsqrt: { formula: '1 / Math.sqrt(a)' },
  abs: { formula: 'Math.abs(a)' },
  sign: { formula: 'a > 0 ? 1 : a < 0 ? -1 : a' },
  sin: { formula: 'Math.sin(a)' },
  cos: { formula: 'Math.cos(a)' },
  acos: { formula: 'Math.acos(a)' },
  tanh: { formula: 'Math.tanh(a)' },
  sigmoid: { formula: '1 / (1 + Math.exp(-a))' },
  softplus: { formula: 'Math.max(a, 0) + Math.log(1 + Math.exp(-Math.abs(a)))' },
  relu: { formula: 'a > 0 ? a : 0' },
  erf: { formula: 'a' },
}

export const BINARY: Readonly<Record<Binary, Formula>> = {
  add: { formula: 'a + b' },
  sub: { formula: 'a - b' },
  mul: { formula: 'a * b' },
  div: { formula: 'a / b' },
  pow: { formula: 'Math.pow(a, b)' },
  maximum: { formula: 'a > b ? a : b' },
  minimum: { formula: 'a < b ? a : b' },
  equal: { formula: 'a === b ? 1 : 0', integers: true },
  notEqual: { formula: 'a === b ? 0 : 1', integers: true },
  less: { formula: 'a < b ? 1 : 0', integers: true },
  lessEqual: { formula: 'a <= b ? 1 : 0', integers: true },
  greater: { formula: 'a > b ? 1 : 0', integers: true },
  greaterEqual: { formula: 'a >= b ? 1 : 0', integers: true },
}
