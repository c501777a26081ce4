const float32 = new Float32Array(1)
const bits32 = new Int32Array(float32.buffer)
const float64 = new Float64Array(1)
const bits64 = new BigInt64Array(float64.buffer)

/** The largest float64 below the finite `x`. */
export function below(x: number): number {
  if (x === 0) return -Number.MIN_VALUE
  float64[0] = x
  bits64[0] += x > 0 ? -1n : 1n
  return float64[0]
}

/** The largest float32 below the finite `x`. */
export function roundedBelow(x: number): number {
  const near = Math.fround(x)
  return near < x ? near : next(near, -1)
}

/** The smallest float32 that is `x` or more. */
export function roundedUp(x: number): number {
  const near = Math.fround(x)
  return near >= x ? near : next(near, 1)
}

/** The float32 next to `x`, upwards or downwards. */
function next(x: number, way: 1 | -1): number {
  if (x === 0) return way * 2 ** -149
  float32[0] = x
  bits32[0] += Math.sign(x) * way
  return float32[0]
}
