import { signed } from './lanes.ts'
import { beyondExp, exp4, expBelow, expMinus1, log1Plus, log4 } from './math.ts'
import { erf4, erfc4, sigmoid4, softplus4, tanh4 } from './sigmoidal.ts'
import { acos4, asin4, atan4, cos4, sin4 } from './trigonometric.ts'

// z = f(x), for vectors begin..end of four. The loops test at their end: only then does V8 take the constants of f
// out of them. Where they load four vectors before they store one, V8, which moves no load before a store, works on the four
// side by side.

export function neg(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), f32x4.neg(v128.load(x + (i << 4))))
  while (++i < end)
}

export function abs(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), f32x4.abs(v128.load(x + (i << 4))))
  while (++i < end)
}

export function sign(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), sign4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function floor(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), f32x4.floor(v128.load(x + (i << 4))))
  while (++i < end)
}

export function ceil(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), f32x4.ceil(v128.load(x + (i << 4))))
  while (++i < end)
}

/** Of two that are equally near the even one. */
export function round(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), f32x4.nearest(v128.load(x + (i << 4))))
  while (++i < end)
}

export function trunc(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), f32x4.trunc(v128.load(x + (i << 4))))
  while (++i < end)
}

/** max(x, 0); NaN and -0 stay. */
export function relu(begin: i32, end: i32, x: usize, z: usize): void {
  const last: usize = z + (end << 4)
  x += begin << 4
  z += begin << 4
  for (; z + 64 <= last; z += 64) {
    v128.store(z, f32x4.pmax(v128.load(x), f32x4.splat(0)))
    v128.store(z, f32x4.pmax(v128.load(x, 16), f32x4.splat(0)), 16)
    v128.store(z, f32x4.pmax(v128.load(x, 32), f32x4.splat(0)), 32)
    v128.store(z, f32x4.pmax(v128.load(x, 48), f32x4.splat(0)), 48)
    x += 64
  }
  for (; z < last; z += 16) {
    v128.store(z, f32x4.pmax(v128.load(x), f32x4.splat(0)))
    x += 16
  }
}

export function sqrt(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), f32x4.sqrt(v128.load(x + (i << 4))))
  while (++i < end)
}

export function rsqrt(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), f32x4.div(f32x4.splat(1), f32x4.sqrt(v128.load(x + (i << 4)))))
  while (++i < end)
}

/** Bytes of a part that is looked through before the shorter way is taken. */
const PART: usize = 1024

export function exp(begin: i32, end: i32, x: usize, z: usize): void {
  const last: usize = z + (end << 4)
  x += begin << 4
  z += begin << 4
  while (z < last) {
    const bytes = min(PART, last - z)
    if (anyBeyondExp(x, bytes)) expAny(x, z, bytes)
    else expAllBelow(x, z, bytes)
    x += bytes
    z += bytes
  }
}

function anyBeyondExp(x: usize, bytes: usize): bool {
  const last = x + bytes
  let beyond = i32x4.splat(0)
  for (; x < last; x += 16) beyond = v128.or(beyond, beyondExp(v128.load(x)))
  return v128.any_true(beyond)
}

function expAny(x: usize, z: usize, bytes: usize): void {
  const last = x + bytes
  do {
    v128.store(z, exp4(v128.load(x)))
    x += 16
    z += 16
  } while (x < last)
}

function expAllBelow(x: usize, z: usize, bytes: usize): void {
  const last = x + bytes
  if (x + 64 <= last) {
    do {
      const a = v128.load(x),
        b = v128.load(x, 16),
        c = v128.load(x, 32),
        d = v128.load(x, 48)
      v128.store(z, expBelow(a))
      v128.store(z, expBelow(b), 16)
      v128.store(z, expBelow(c), 32)
      v128.store(z, expBelow(d), 48)
      x += 64
      z += 64
    } while (x + 64 <= last)
  }
  for (; x < last; x += 16) {
    v128.store(z, expBelow(v128.load(x)))
    z += 16
  }
}

export function expm1(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), expMinus1(v128.load(x + (i << 4))))
  while (++i < end)
}

export function log(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), log4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function log1p(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do {
    const v = v128.load(x + (i << 4))
    v128.store(z + (i << 4), signed(log1Plus(v), v))
  } while (++i < end)
}

export function sin(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), sin4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function cos(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), cos4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function acos(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), acos4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function asin(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), asin4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function atan(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), atan4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function tanh(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), tanh4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function sigmoid(begin: i32, end: i32, x: usize, z: usize): void {
  const last: usize = z + (end << 4)
  x += begin << 4
  z += begin << 4
  if (z + 64 <= last) {
    do {
      const a = v128.load(x),
        b = v128.load(x, 16),
        c = v128.load(x, 32),
        d = v128.load(x, 48)
      v128.store(z, sigmoid4(a))
      v128.store(z, sigmoid4(b), 16)
      v128.store(z, sigmoid4(c), 32)
      v128.store(z, sigmoid4(d), 48)
      x += 64
      z += 64
    } while (z + 64 <= last)
  }
  for (; z < last; z += 16) {
    v128.store(z, sigmoid4(v128.load(x)))
    x += 16
  }
}

export function softplus(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), softplus4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function erf(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), erf4(v128.load(x + (i << 4))))
  while (++i < end)
}

export function erfc(begin: i32, end: i32, x: usize, z: usize): void {
  if (begin >= end) return
  let i = begin
  do v128.store(z + (i << 4), erfc4(v128.load(x + (i << 4))))
  while (++i < end)
}

/** 1 with the sign of x; 0 and NaN stay. */
function sign4(x: v128): v128 {
  const one = v128.or(v128.and(x, f32x4.splat(-0.0)), f32x4.splat(1))
  return v128.bitselect(one, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)))
}
