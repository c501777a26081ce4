/** This share of the points lies inside the picture: the few longest would shrink all others. */
const SHOWN = 0.97

/** Rows of length 1; a row of zeros, which has no direction, stays.  x[C,dim] */
export function directions(x: Float32Array, dim: number): Float32Array {
  const out = new Float32Array(x.length)
  for (let i = 0; i < x.length; i += dim) {
    const length = Math.hypot(...x.subarray(i, i + dim))
    for (let d = 0; d < dim; d++) out[i + d] = length > 0 ? x[i + d] / length : 0
  }
  return out
}

/** How far out most of the points lie.  points[N,dim] */
export function reachOf(points: Float32Array, dim: number): number {
  const lengths = Float64Array.from({ length: points.length / dim }, (_, i) =>
    Math.hypot(...points.subarray(i * dim, (i + 1) * dim)),
  ).sort()
  return lengths[Math.floor(SHOWN * (lengths.length - 1))] || 1
}
