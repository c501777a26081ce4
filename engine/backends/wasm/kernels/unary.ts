import { exp4, log4 } from './math.ts'

// z = f(x), for vectors begin..end of four.

export function neg(begin: i32, end: i32, x: usize, z: usize): void {
  for (let i = begin; i < end; i++) v128.store(z + (i << 4), f32x4.neg(v128.load(x + (i << 4))))
}

export function abs(begin: i32, end: i32, x: usize, z: usize): void {
  for (let i = begin; i < end; i++) v128.store(z + (i << 4), f32x4.abs(v128.load(x + (i << 4))))
}

/** max(x, 0); a NaN stays. */
export function relu(begin: i32, end: i32, x: usize, z: usize): void {
  const zero = f32x4.splat(0)
  for (let i = begin; i < end; i++) v128.store(z + (i << 4), f32x4.pmax(v128.load(x + (i << 4)), zero))
}

export function sqrt(begin: i32, end: i32, x: usize, z: usize): void {
  for (let i = begin; i < end; i++) v128.store(z + (i << 4), f32x4.sqrt(v128.load(x + (i << 4))))
}

export function rsqrt(begin: i32, end: i32, x: usize, z: usize): void {
  const one = f32x4.splat(1)
  for (let i = begin; i < end; i++) {
    v128.store(z + (i << 4), f32x4.div(one, f32x4.sqrt(v128.load(x + (i << 4)))))
  }
}

export function exp(begin: i32, end: i32, x: usize, z: usize): void {
  for (let i = begin; i < end; i++) v128.store(z + (i << 4), exp4(v128.load(x + (i << 4))))
}

export function log(begin: i32, end: i32, x: usize, z: usize): void {
  for (let i = begin; i < end; i++) v128.store(z + (i << 4), log4(v128.load(x + (i << 4))))
}
