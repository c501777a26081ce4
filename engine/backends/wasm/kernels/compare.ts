import {
  EQUAL,
  GREATER,
  GREATER_EQUAL,
  INT_EQUAL,
  INT_GREATER,
  INT_GREATER_EQUAL,
  INT_LESS,
  INT_LESS_EQUAL,
  INT_NOT_EQUAL,
  LESS,
  LESS_EQUAL,
  NOT_EQUAL,
} from './codes.ts'

/** z = 1 where x and y compare as f says, else 0; walks as `apply` does. */
export function compare(f: i32, x: usize, p: i32, y: usize, q: i32, z: usize, end: usize): void {
  switch (f) {
    case EQUAL:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.eq(v128.load(x), v128.load(y)))
      break
    case NOT_EQUAL:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.ne(v128.load(x), v128.load(y)))
      break
    case LESS:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.lt(v128.load(x), v128.load(y)))
      break
    case LESS_EQUAL:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.le(v128.load(x), v128.load(y)))
      break
    case GREATER:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.gt(v128.load(x), v128.load(y)))
      break
    case GREATER_EQUAL:
      for (; z < end; z += 16, x += p, y += q) put(z, f32x4.ge(v128.load(x), v128.load(y)))
      break
    case INT_EQUAL:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.eq(v128.load(x), v128.load(y)))
      break
    case INT_NOT_EQUAL:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.ne(v128.load(x), v128.load(y)))
      break
    case INT_LESS:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.lt_s(v128.load(x), v128.load(y)))
      break
    case INT_LESS_EQUAL:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.le_s(v128.load(x), v128.load(y)))
      break
    case INT_GREATER:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.gt_s(v128.load(x), v128.load(y)))
      break
    case INT_GREATER_EQUAL:
      for (; z < end; z += 16, x += p, y += q) putInt(z, i32x4.ge_s(v128.load(x), v128.load(y)))
      break
  }
}

function put(z: usize, holds: v128): void {
  v128.store(z, v128.and(holds, f32x4.splat(1)))
}

function putInt(z: usize, holds: v128): void {
  v128.store(z, v128.and(holds, i32x4.splat(1)))
}
